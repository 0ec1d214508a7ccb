import { expect, test } from 'vitest';
import { BelayMetrics } from '../../../src/telemetry/metrics/belay-metrics.ts';
import { rolloutReport } from '../../fixtures/rollout-report.ts';

const minute = 60_000;
const at = (minutes: number) => [
  { happenedAtMs: minutes * minute, recordedAtMs: minutes * minute, by: 'ana' },
];

const closed = (outcome: string, details: object) => ({
  ...rolloutReport({ environment: 'prod', service: 'shop', startedAtMs: 0, endedAtMs: minute }),
  ...{ family: 'recovery', kind: 'incident', outcome, details },
});

test('a closed incident is timed from its detection, by severity', async () => {
  const metrics = new BelayMetrics();
  const moments = { detect: at(1), declare: at(3), ack: at(5), mitigated: at(11) };
  metrics.runClosed(
    closed('Resolved', {
      ...{ severity: 'sev2', escalations: 2, updatesOverdue: 1 },
      moments: { ...moments, resolved: [...at(500), ...at(21)] },
    }),
  );
  const text = await metrics.text();
  expect(text).toContain('belay_incident_time_to_acknowledge_seconds_sum{severity="sev2"} 240');
  expect(text).toContain('belay_incident_time_to_mitigate_seconds_sum{severity="sev2"} 600');
  expect(text).toContain('belay_incident_time_to_resolve_seconds_sum{severity="sev2"} 1200');
  expect(text).toContain('belay_incident_escalations_total{severity="sev2"} 2');
  expect(text).toContain('belay_incident_updates_overdue_total{severity="sev2"} 1');
});

test('a false alarm is not timed, nor is one that could not start', async () => {
  const metrics = new BelayMetrics();
  metrics.runClosed(closed('Withdrawn', { severity: 'sev1', moments: { detect: at(1) } }));
  metrics.runClosed(closed('Failed', {}));
  expect(await metrics.text()).not.toMatch(/^belay_incident_time_to_\w+_count\{/m);
});

test('an open incident is exported with its severity, and no other run is', async () => {
  const metrics = new BelayMetrics();
  const run = { family: 'recovery', environment: 'prod', phase: 'unacknowledged' };
  metrics.showOpen([
    { ...run, kind: 'incident', name: 'shop', severity: 'sev2' },
    { ...run, kind: 'incident', name: 'mail', phase: 'starting' },
    { ...run, kind: 'playbook', name: 'outage' },
  ]);
  expect((await metrics.text()).match(/^belay_incident_open\{.*$/gm)).toEqual([
    'belay_incident_open{environment="prod",name="shop",severity="sev2",phase="unacknowledged"} 1',
    'belay_incident_open{environment="prod",name="mail",severity="unknown",phase="starting"} 1',
  ]);
  metrics.showOpen([]);
  expect(await metrics.text()).not.toMatch(/^belay_incident_open\{/m);
});
