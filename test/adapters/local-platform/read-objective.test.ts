import { expect, test } from 'vitest';
import { countObjective } from '../../../src/adapters/local-platform/read-objective.ts';
import { parsePrometheus } from '../../../src/adapters/prometheus-text/parse-prometheus.ts';
import { ServiceMetrics } from '../../../src/local-platform/router/service-metrics.ts';
import {
  incrementBetween,
  keepReading,
} from '../../../src/policies/objectives/counter-difference.ts';

const availability = { indicator: 'availability' } as const;
const v1 = { track: 'stable', version: 'v1' } as const;
const v2 = { track: 'stable', version: 'v2' } as const;

const read = async (metrics: ServiceMetrics, atMs: number, objective: object = {}) =>
  countObjective(parsePrometheus(await metrics.text()).samples, atMs, {
    ...availability,
    ...objective,
  });
const count = (
  metrics: ServiceMetrics,
  labels: typeof v1 | typeof v2,
  many: number,
  code = 200,
) => {
  for (let one = 0; one < many; one++) metrics.count(labels, code, 3);
};

test('a minute in which the old release ends has the requests of the new one, each once', async () => {
  const metrics = new ServiceMetrics('prod', 'shop');
  count(metrics, v1, 40);
  count(metrics, v1, 10, 500);
  count(metrics, v2, 15);
  const before = keepReading(undefined, await read(metrics, 60_000));
  count(metrics, v2, 60);
  count(metrics, v2, 1, 502);
  await metrics.keepOnly([v2]);
  const after = await read(metrics, 120_000);
  expect(incrementBetween(before, after)).toMatchObject({ total: 61, bad: 1, isPartial: true });
});

test('a latency counts what took longer than its bucket, and names the buckets that there are', async () => {
  const metrics = new ServiceMetrics('prod', 'shop');
  count(metrics, v1, 5);
  metrics.count(v1, 200, 300);
  const latency = { indicator: 'latency', belowMs: 250 };
  expect((await read(metrics, 0, latency)).counters).toMatchObject({
    router: { total: 6, bad: 1 },
  });
  await expect(read(metrics, 0, { ...latency, belowMs: 42 })).rejects.toThrow(
    'no bucket that ends at 42ms, but at 1, 2.5, 5, 10',
  );
});
