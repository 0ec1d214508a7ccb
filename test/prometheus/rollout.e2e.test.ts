/** Whole rollouts on the local platform, judged by what a real Prometheus counted of real requests. */
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad, type Load } from '../../scripts/load/load-client.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { rolloutWorkflowId } from '../../src/kinds/locks.ts';
import type { MetricReader } from '../../src/contracts/rollouts/metric-reader.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { openMetricSources } from '../../workers/metric-sources.ts';
import { MemoryPlatform } from '../fakes/memory-platform.ts';
import { eventually } from '../fixtures/eventually.ts';
import { RolloutBench } from '../fixtures/rollouts.ts';
import { devServer } from '../fixtures/temporal.ts';
import { PlatformProcess, refTo } from '../local-platform/platform-process.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { PrometheusProcess } from './prometheus-process.ts';

const executable = await providePrometheus(loadConfig().cache);

describe.skipIf(executable === undefined)('a rollout whose traffic Prometheus counts', () => {
  const platform = new PlatformProcess();
  let prometheus: PrometheusProcess;
  let env: TestWorkflowEnvironment;
  let bench: RolloutBench;
  let sources: MetricReader;

  beforeAll(async () => {
    await platform.start();
    const router = new URL(platform.runFile()?.url ?? '').host;
    prometheus = new PrometheusProcess({ executable: executable ?? '', jobs: { belay: router } });
    await prometheus.start();
    env = await devServer();
    const platforms = { local: platform.adapter, kubernetes: new MemoryPlatform() };
    const settings = { prometheus: { address: prometheus.address } };
    sources = openMetricSources(settings, platforms);
    const quick = { actTimeoutMs: 10_000, actBudgetMs: 60_000 };
    bench = await RolloutBench.start(env.client, env.nativeConnection, quick, {
      local: platform.adapter,
      sources,
    });
  });

  afterAll(async () => {
    await bench.stop();
    await env.teardown();
    await prometheus.clear();
    await platform.clear();
  });

  async function underLoad(name: string, during: (shop: ServiceRef, load: Load) => Promise<void>) {
    const shop = refTo(name);
    const { url = '' } = await platform.firstRelease(
      shop,
      { version: 'v1', inProcess: { status: 200 } },
      1,
    );
    const load = startLoad({ url, ratePerSecond: 200, keepAlive: true });
    try {
      await eventually(() =>
        sources.readTraffic(traffic, { ref: shop, version: 'v1', track: 'canary' }, 1_000),
      );
      await during(shop, load);
    } finally {
      await load.stop();
    }
  }

  const traffic = { preset: 'belay', labels: {} } as const;
  const release = (status: number) => ({ version: 'v2', inProcess: { status } });
  const byPrometheus = { interval: '500ms', effect: 20, traffic: { prometheus: 'belay' } };
  const errorRate = { name: 'error-rate', max: '1%' };

  test('is promoted for a good release', async () => {
    await underLoad('good', async (shop, { counts }) => {
      await bench.start(shop, {
        release: release(200),
        replicas: 1,
        stages: [{ weight: 50, hold: '5s' }],
        metrics: [
          errorRate,
          {
            name: 'requests',
            min: 1,
            interval: '1s',
            prometheus: {
              query:
                'sum(belay_router_requests_total{service="{{service}}",track="{{track}}",version="{{version}}"})',
            },
            judge: { by: 'threshold', count: 2 },
          },
        ],
        analysis: byPrometheus,
      });
      await bench.until(shop, ({ phase, now }) => {
        if (phase === 'inconclusive') expect.fail(now);
        return phase === 'closed';
      });
      const report = await bench.result(shop);
      expect([report.outcome, report.reason]).toEqual(['Promoted', expect.any(String)]);
      expect(report.details.stages[0]?.verdict?.reasons).toEqual([
        expect.stringMatching(/^error-rate: canary 0 % of [\d,]+ requests failed, stable 0 % of/),
        expect.stringMatching(/^requests passed \d+ of \d+ measurements$/),
      ]);
      expect(counts.problems).toEqual([]);
    });
  });

  test('is undone for a bad one, though Prometheus restarts in the middle of it', async () => {
    await underLoad('bad', async (shop) => {
      await prometheus.stop();
      await bench.start(shop, {
        release: release(500),
        replicas: 1,
        stages: [{ weight: 20, hold: '10m' }],
        metrics: [errorRate],
        analysis: { ...byPrometheus, consecutiveErrorLimit: 1_000 },
      });
      await bench.until(shop, ({ phase }) => phase === 'holding');
      await prometheus.start();
      const report = await bench.result(shop);
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /^at 20 %: error-rate: canary 100 % of [\d,]+ requests failed, stable 0 % of [\d,]+; a rollout of a good release would show this by chance once in [\d,]+$/,
      );
      expect((await platform.service(shop)).canary).toBeUndefined();
    });
  });

  test('waits for a person where Prometheus is gone, and says what it said', async () => {
    await underLoad('gone', async (shop) => {
      await prometheus.stop();
      await bench.start(shop, {
        release: release(200),
        replicas: 1,
        stages: [{ weight: 20, hold: '10m' }],
        metrics: [errorRate],
        analysis: { ...byPrometheus, consecutiveErrorLimit: 2 },
      });
      const { now } = await bench.until(shop, ({ phase }) => phase === 'inconclusive');
      expect(now).toMatch(
        /the metric source did not answer 3 times in a row: Prometheus at .* did not answer/,
      );
      await prometheus.start();
      await bench.client.workflow.getHandle(rolloutWorkflowId(shop)).signal('abort', {
        by: 'ana',
      });
      expect((await bench.result(shop)).outcome).toBe('Aborted');
    });
  });

  test('never passes on a query that is wrong', async () => {
    await underLoad('wrong', async (shop) => {
      await bench.start(shop, {
        release: release(200),
        replicas: 1,
        stages: [{ weight: 20, hold: '10m' }],
        metrics: [
          errorRate,
          { name: 'queue', max: 5, prometheus: { query: 'sum(rate(' }, interval: '500ms' },
        ],
        analysis: { ...byPrometheus, consecutiveErrorLimit: 2 },
        onInconclusive: 'abort',
      });
      const report = await bench.result(shop);
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /not enough to tell: queue: its source did not answer 3 times in a row: .*rejected the query: bad_data: .*parse error/,
      );
    });
  });
});
