import type { Registry } from 'prom-client';
import { expect, test } from 'vitest';
import type { BreakerReport } from '../../../src/contracts/kernel/breakers.ts';
import { AgentMetrics } from '../../../src/telemetry/metrics/agent-metrics.ts';
import { BackupGauges } from '../../../src/telemetry/metrics/backup-gauges.ts';
import { BelayMetrics } from '../../../src/telemetry/metrics/belay-metrics.ts';
import { ChaosGauges } from '../../../src/telemetry/metrics/chaos-gauges.ts';
import { exportBreakers } from '../../../src/telemetry/metrics/export-breakers.ts';
import { exportCaches } from '../../../src/telemetry/metrics/export-caches.ts';
import { GatewayMetrics } from '../../../src/telemetry/metrics/gateway-metrics.ts';
import { ObjectiveGauges } from '../../../src/telemetry/metrics/objective-gauges.ts';
import { PlaybookGauges } from '../../../src/telemetry/metrics/playbook-gauges.ts';
import { ReadTimes } from '../../../src/telemetry/metrics/read-times.ts';
import { rolloutReport, type ReportChanges } from '../../fixtures/rollout-report.ts';
import { documentedMetrics } from './documented-metrics.ts';

interface DescribedMetric {
  name: string;
  type: string;
  labelNames: string[];
}

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name);

function describe(registry: Registry) {
  return registry
    .getMetricsAsArray()
    .filter(({ name }) => !/^(process|nodejs)_/.test(name))
    .map((metric) => {
      const { name, type, labelNames } = metric as unknown as DescribedMetric;
      return { name, type, labels: [...labelNames].sort() };
    })
    .sort(byName);
}

const report = (over: ReportChanges = {}) =>
  rolloutReport({ startedAtMs: 1_000, endedAtMs: 91_000, ...over });

test('docs/metrics.md lists exactly what a worker exports, with its type and labels', async () => {
  const { registry } = new BelayMetrics();
  new BackupGauges(registry);
  new PlaybookGauges(registry);
  new ChaosGauges(registry);
  new ObjectiveGauges(registry);
  new ReadTimes(registry);
  exportBreakers(registry, () => []);
  exportCaches(registry, () => []);
  const documented = await documentedMetrics('worker', 'both', 'cache');
  expect(describe(registry)).toEqual(documented.sort(byName));
});

test('docs/metrics.md lists exactly what a gateway exports, with its type and labels', async () => {
  const { registry } = new GatewayMetrics();
  exportBreakers(registry, () => []);
  exportCaches(registry, () => []);
  const documented = await documentedMetrics('gateway', 'both', 'cache');
  expect(describe(registry)).toEqual(documented.sort(byName));
});

test('an agent exports what the documentation lists, and nothing else', async () => {
  const { registry } = new AgentMetrics('db-1');
  exportBreakers(registry, () => []);
  expect(describe(registry)).toEqual((await documentedMetrics('agent', 'both')).sort(byName));
});

test('every name except those of the process begins with belay_', () => {
  const registries = [
    new BelayMetrics().registry,
    new GatewayMetrics().registry,
    new AgentMetrics('db-1').registry,
  ];
  const names = registries.flatMap((each) => each.getMetricsAsArray().map(({ name }) => name));
  expect(names.filter((name) => !/^(belay|process|nodejs)_/.test(name))).toEqual([]);
});

test('a breaker is exported as a number, with its calls', async () => {
  const { registry } = new BelayMetrics();
  const breaker = {
    ...{ dependency: 'kubernetes/prod', state: 'open' as const, forMs: 100, retryInMs: 900 },
    ...{ successes: 4, failures: 5, rejected: 2, opened: 1 },
  };
  let reports: BreakerReport[] = [breaker, { ...breaker, dependency: 'temporal', state: 'closed' }];
  exportBreakers(registry, () => reports);
  expect(await registry.metrics()).toContain(
    'circuit_breaker_state{dependency="kubernetes/prod"} 1\ncircuit_breaker_state{dependency="temporal"} 0',
  );
  reports = [{ ...breaker, state: 'half-open' }];
  const text = await registry.metrics();
  expect(text.match(/^circuit_breaker_.*$/gm)).toEqual([
    'circuit_breaker_state{dependency="kubernetes/prod"} 2',
    'circuit_breaker_calls_total{dependency="kubernetes/prod",result="success"} 4',
    'circuit_breaker_calls_total{dependency="kubernetes/prod",result="failure"} 5',
    'circuit_breaker_calls_total{dependency="kubernetes/prod",result="rejected"} 2',
    'circuit_breaker_opened_total{dependency="kubernetes/prod"} 1',
  ]);
});

test('a rollout is counted by kind, environment and outcome, and timed without its service', async () => {
  const metrics = new BelayMetrics();
  metrics.runClosed(report());
  const text = await metrics.text();
  expect(text).toContain(
    'belay_rollouts_total{kind="canary",environment="demo",outcome="Promoted"} 1',
  );
  expect(text).toContain('belay_rollout_duration_seconds_sum{kind="canary",outcome="Promoted"} 90');
  expect(text).toContain(
    'belay_runs_total{family="rollouts",kind="canary",environment="demo",outcome="Promoted"} 1',
  );
  expect(text).not.toMatch(/_bucket{[^}]*service=/);
});

test('a run of another family is counted as a run, and as no rollout', async () => {
  const metrics = new BelayMetrics();
  metrics.runClosed({ ...report(), family: 'toys', kind: 'lamps', outcome: 'Lit' });
  metrics.showOpen([
    { family: 'toys', kind: 'lamps', environment: 'demo', name: 'hall', phase: 'working' },
  ]);
  const text = await metrics.text();
  expect(text).toContain(
    'belay_runs_total{family="toys",kind="lamps",environment="demo",outcome="Lit"} 1',
  );
  expect(text).toContain(
    'belay_runs_open{family="toys",kind="lamps",environment="demo",phase="working"} 1',
  );
  expect(text).not.toMatch(/^belay_(rollouts_total|rollouts_open|service_rollouts_total){/m);
});

test('the five-hundred-and-first service is counted as other', async () => {
  const metrics = new BelayMetrics();
  for (let index = 0; index < 502; index += 1) {
    metrics.runClosed(report({ service: `shop-${index}` }));
  }
  const lines = (await metrics.text()).match(/^belay_service_rollouts_total{.*$/gm) ?? [];
  expect(lines).toHaveLength(501);
  expect(lines).toContain(
    'belay_service_rollouts_total{environment="other",service="other",outcome="Promoted"} 2',
  );
});

test('the open rollouts are those of the last read, and waiting ones are named', async () => {
  const metrics = new BelayMetrics();
  const shop = { family: 'rollouts', kind: 'canary', environment: 'demo', name: 'shop' };
  metrics.showOpen([{ ...shop, phase: 'stuck' }]);
  metrics.showOpen([
    { ...shop, phase: 'undo-failed' },
    { ...shop, name: 'cart', phase: 'in-stage' },
    { ...shop, name: 'pay', phase: 'in-stage' },
  ]);
  const text = await metrics.text();
  expect(text).toContain(
    'belay_rollouts_open{kind="canary",environment="demo",phase="in-stage"} 2',
  );
  expect(text.match(/^belay_run_waiting{.*$/gm)).toEqual([
    'belay_run_waiting{family="rollouts",kind="canary",environment="demo",name="shop",phase="undo-failed"} 1',
  ]);
  expect(text.match(/^belay_rollout_waiting{.*$/gm)).toEqual([
    'belay_rollout_waiting{environment="demo",service="shop",phase="undo-failed"} 1',
  ]);
});
