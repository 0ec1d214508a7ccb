import { expect, test } from 'vitest';
import type { RolloutReport } from '../../../src/contracts/report.ts';
import { BelayMetrics } from '../../../workers/metrics/belay-metrics.ts';
import { documentedMetrics } from './documented-metrics.ts';

interface DescribedMetric {
  name: string;
  type: string;
  labelNames: string[];
}

const report = (over: Partial<RolloutReport> = {}) =>
  ({
    kind: 'canary',
    environment: 'demo',
    service: 'shop',
    outcome: 'Promoted',
    startedAtMs: 1_000,
    endedAtMs: 91_000,
    ...over,
  }) as RolloutReport;

test('docs/metrics.md lists exactly what a worker exports, with its type and labels', async () => {
  const { registry } = new BelayMetrics();
  const exported = registry
    .getMetricsAsArray()
    .filter(({ name }) => name.startsWith('belay_'))
    .map((metric) => {
      const { name, type, labelNames } = metric as unknown as DescribedMetric;
      return { name, type, labels: [...labelNames].sort() };
    });
  const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);
  const documented = await documentedMetrics();
  expect(exported.sort(byName)).toEqual(documented.sort(byName));
});

test('every name that is not the process own begins with belay_', () => {
  const names = new BelayMetrics().registry.getMetricsAsArray().map(({ name }) => name);
  expect(names.filter((name) => !/^(belay|process|nodejs)_/.test(name))).toEqual([]);
});

test('a rollout is counted by kind, environment and outcome, and timed without its service', async () => {
  const metrics = new BelayMetrics();
  metrics.rolloutClosed(report());
  const text = await metrics.text();
  expect(text).toContain(
    'belay_rollouts_total{kind="canary",environment="demo",outcome="Promoted"} 1',
  );
  expect(text).toContain('belay_rollout_duration_seconds_sum{kind="canary",outcome="Promoted"} 90');
  expect(text).not.toMatch(/_bucket{[^}]*service=/);
});

test('the five-hundred-and-first service is counted as other', async () => {
  const metrics = new BelayMetrics();
  for (let index = 0; index < 502; index += 1) {
    metrics.rolloutClosed(report({ service: `shop-${index}` }));
  }
  const lines = (await metrics.text()).match(/^belay_service_rollouts_total{.*$/gm) ?? [];
  expect(lines).toHaveLength(501);
  expect(lines).toContain(
    'belay_service_rollouts_total{environment="other",service="other",outcome="Promoted"} 2',
  );
});

test('the rollouts shown as open are those of the last look, and waiting ones are named', async () => {
  const metrics = new BelayMetrics();
  const shop = { kind: 'canary', environment: 'demo', service: 'shop' };
  metrics.showOpen([{ ...shop, phase: 'stuck' }]);
  metrics.showOpen([
    { ...shop, phase: 'undo-failed' },
    { ...shop, service: 'cart', phase: 'in-stage' },
    { ...shop, service: 'pay', phase: 'in-stage' },
  ]);
  const text = await metrics.text();
  expect(text).toContain(
    'belay_rollouts_open{kind="canary",environment="demo",phase="in-stage"} 2',
  );
  expect(text.match(/^belay_rollout_waiting{.*$/gm)).toEqual([
    'belay_rollout_waiting{environment="demo",service="shop",phase="undo-failed"} 1',
  ]);
});
