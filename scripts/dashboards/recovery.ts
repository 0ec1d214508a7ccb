import { Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

const open = 'max by (environment, name, severity, phase) (belay_incident_open)';
const openIn = (phases: string) =>
  `count(max by (environment, name) (belay_incident_open{phase=~"${phases}"})) or vector(0)`;

/** Half and nine tenths of the incidents that were closed within a day of each moment. */
const timeTo = (what: string) => ({
  'half, {{severity}}': quantile(0.5, what),
  '90 %, {{severity}}': quantile(0.9, what),
});

function quantile(share: number, what: string): string {
  const buckets = `belay_incident_time_to_${what}_seconds_bucket`;
  return `histogram_quantile(${share}, sum by (le, severity) (increase(${buckets}[1d])))`;
}

export function recoveryDashboard(): ClassicDashboard {
  return dashboard('belay-recovery', 'Belay: incidents and playbooks')
    .withPanel(
      figure({
        title: 'Not acknowledged',
        about: 'Open incidents that nobody works on yet.',
        unit: Short,
        series: { incidents: openIn('starting|unacknowledged') },
      }),
    )
    .withPanel(
      figure({
        title: 'Update overdue',
        about: 'Open incidents whose commander has not said how they stand.',
        unit: Short,
        series: { incidents: openIn('overdue') },
      }),
    )
    .withPanel(
      figure({
        title: 'Mitigated',
        about: 'Users do not suffer any more; the cause is still there.',
        unit: Short,
        series: { incidents: openIn('mitigated') },
      }),
    )
    .withPanel(
      figure({
        title: 'Postmortem to be written',
        about: 'Resolved incidents that wait for their postmortem.',
        unit: Short,
        series: { incidents: openIn('resolved') },
      }),
    )
    .withRow(row('Incidents'))
    .withPanel(
      course({
        title: 'Open',
        about: 'By severity.',
        unit: Short,
        series: { '{{severity}}': `count by (severity) (${open})` },
      }),
    )
    .withPanel(
      course({
        title: 'Escalations and overdue updates',
        about: 'Of the incidents that were closed within a day of each moment.',
        unit: Short,
        series: {
          'escalations, {{severity}}':
            'sum by (severity) (increase(belay_incident_escalations_total[1d]))',
          'overdue updates, {{severity}}':
            'sum by (severity) (increase(belay_incident_updates_overdue_total[1d]))',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Time to acknowledge',
        about: 'From the detection.',
        unit: Seconds,
        series: timeTo('acknowledge'),
      }),
    )
    .withPanel(
      course({
        title: 'Time to mitigate',
        about: 'From the detection.',
        unit: Seconds,
        series: timeTo('mitigate'),
      }),
    )
    .withPanel(
      course({
        title: 'Time to resolve',
        about: 'From the detection.',
        unit: Seconds,
        series: timeTo('resolve'),
      }),
    )
    .withRow(row('Playbooks'))
    .withPanel(
      course({
        title: 'Ready',
        about: '1 if the last rehearsal found that the playbook could be run.',
        unit: Short,
        series: {
          '{{environment}}/{{playbook}}': 'min by (environment, playbook) (belay_playbook_ready)',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Last rehearsal',
        about: 'How long ago it ended.',
        unit: Seconds,
        series: {
          '{{environment}}/{{playbook}}':
            'time() - max by (environment, playbook) (belay_playbook_rehearsed_timestamp_seconds)',
        },
      }),
    )
    .build();
}
