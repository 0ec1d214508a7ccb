import { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import { emptyTally } from '../../../src/contracts/objectives/tally.ts';
import { judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { ObjectiveGauges } from '../../../src/telemetry/metrics/objective-gauges.ts';
import { objectiveOf } from '../../fixtures/objective.ts';

test('the verdicts of a monitor that no longer measures are not shown, only when it did', async () => {
  const registry = new Registry();
  const gauges = new ObjectiveGauges(registry);
  const standing = judgeObjective(objectiveOf(), emptyTally, {
    ...{ span: { fromMs: 0, untilMs: 1 }, leastCoverage: 0.9 },
  });
  const state = { environment: 'prod', atMs: 60_000, standings: [standing] };
  gauges.show([state], 120_000);
  expect(await registry.metrics()).toContain('verdict="insufficient"');
  gauges.show([state], 3_600_000);
  const text = await registry.metrics();
  expect(text).not.toContain('verdict="');
  expect(text).toContain('belay_slo_measured_timestamp_seconds{environment="prod"} 60');
});
