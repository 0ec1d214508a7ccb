import { expect, test } from 'vitest';
import { BelayMetrics } from '../../../src/telemetry/metrics/belay-metrics.ts';
import { refreshOpenRuns } from '../../../src/telemetry/metrics/open-runs.ts';

const shop = {
  family: 'rollouts',
  kind: 'canary',
  environment: 'demo',
  name: 'shop',
  phase: 'in-stage',
};

test('many scrapes cause one request to Temporal', async () => {
  let asked = 0;
  const refresh = refreshOpenRuns(new BelayMetrics(), async () => {
    asked += 1;
    return [shop];
  });
  await refresh();
  await refresh();
  expect(asked).toBe(1);
});

test('a Temporal that does not answer is exported as such, not as rollouts that are gone', async () => {
  const metrics = new BelayMetrics();
  let isThere = true;
  metrics.refreshWith(
    refreshOpenRuns(
      metrics,
      async () => {
        if (!isThere) throw new Error('UNAVAILABLE');
        return [shop];
      },
      0,
    ),
  );
  expect(await metrics.text()).toMatch(/^belay_temporal_answers 1$/m);
  isThere = false;
  const text = await metrics.text();
  expect(text).toMatch(/^belay_temporal_answers 0$/m);
  expect(text).not.toMatch(/^belay_(rollouts|runs)_open{/m);
});
