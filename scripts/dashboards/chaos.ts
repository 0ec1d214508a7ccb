import { PercentUnit, Seconds, Short } from '@grafana/grafana-foundation-sdk/units';
import { course, dashboard, figure, row, type ClassicDashboard } from './panels.ts';

const openOf = (kind: string) =>
  `sum by (phase) (max by (environment, phase) (belay_runs_open{kind="${kind}"}))`;
const findings = (selected = '') =>
  `count(max by (environment, experiment) (belay_chaos_finding${selected})) or vector(0)`;
const endedOf = (kind: string) =>
  `sum by (outcome) (increase(belay_runs_total{kind="${kind}"}[1d]))`;
const duration = (share: number) =>
  `histogram_quantile(${share}, sum by (le) (increase(belay_run_duration_seconds_bucket{kind="chaosExperiment"}[1d])))`;

export function chaosDashboard(): ClassicDashboard {
  return dashboard('belay-chaos', 'Belay: chaos')
    .withPanel(
      figure({
        title: 'Faults left behind',
        about: 'Experiments whose last run could not show that its fault is gone.',
        unit: Short,
        series: { experiments: findings('{outcome=~"LeftBehind|UndoFailed"}') },
      }),
    )
    .withPanel(
      figure({
        title: 'Leases overrun',
        about:
          'Leases of agents, of faults and of others, that should be reverted and could not be so far.',
        unit: Short,
        series: { leases: 'sum(belay_agent_reverts_failing) or vector(0)' },
      }),
    )
    .withPanel(
      figure({
        title: 'Waiting for a person',
        about:
          'Experiments and campaigns; the fault of an experiment that waits may still be there.',
        unit: Short,
        series: {
          runs: 'count(max by (kind, environment, name) (belay_run_waiting{family="chaos"})) or vector(0)',
        },
      }),
    )
    .withPanel(
      figure({
        title: 'Campaigns late',
        about: 'That did not begin in their time, by their schedules.',
        unit: Short,
        series: {
          campaigns:
            'count(max by (environment, campaign) (belay_chaos_campaign_late)) or vector(0)',
        },
      }),
    )
    .withPanel(
      figure({
        title: 'Findings open',
        about: 'Experiments whose last verdict was not a pass.',
        unit: Short,
        series: { findings: findings() },
      }),
    )
    .withPanel(
      figure({
        title: 'Findings overdue',
        about: 'That should have been tried again by now.',
        unit: Short,
        series: { findings: findings('{state="overdue"}') },
      }),
    )
    .withRow(row('Experiments'))
    .withPanel(
      course({
        title: 'Open',
        about: 'By phase: a fault may be there in faulted and in removing.',
        unit: Short,
        series: { '{{phase}}': openOf('chaosExperiment') },
      }),
    )
    .withPanel(
      course({
        title: 'Ended within a day',
        about: 'By verdict.',
        unit: Short,
        series: { '{{outcome}}': endedOf('chaosExperiment') },
      }),
    )
    .withPanel(
      course({
        title: 'Duration',
        about:
          'From start to end, with the steady state and the recovery, of those that ended within a day.',
        unit: Seconds,
        series: { half: duration(0.5), '90 %': duration(0.9) },
      }),
    )
    .withPanel(
      course({
        title: 'Findings',
        about: 'Experiments whose last verdict was not a pass, by that verdict.',
        unit: Short,
        series: {
          '{{outcome}}, {{state}}':
            'count by (outcome, state) (max by (environment, experiment, outcome, state) (belay_chaos_finding))',
        },
      }),
    )
    .withRow(row('Campaigns'))
    .withPanel(
      course({
        title: 'Open',
        about: 'By phase.',
        unit: Short,
        series: { '{{phase}}': openOf('chaosCampaign') },
      }),
    )
    .withPanel(
      course({
        title: 'Ended within a day',
        about: 'By verdict.',
        unit: Short,
        series: { '{{outcome}}': endedOf('chaosCampaign') },
      }),
    )
    .withPanel(
      course({
        title: 'Score',
        about:
          'What passed in the last run of each campaign, as a share of everything that was planned.',
        unit: PercentUnit,
        series: {
          '{{environment}}/{{campaign}}':
            'max by (environment, campaign) (belay_chaos_campaign_score{result="passed"})',
        },
      }),
    )
    .withPanel(
      course({
        title: 'Missed',
        about:
          'How many times there was no time for an experiment in the last run of each campaign.',
        unit: Short,
        series: {
          '{{environment}}/{{campaign}}':
            'max by (environment, campaign) (belay_chaos_campaign_missed)',
        },
      }),
    )
    .build();
}
