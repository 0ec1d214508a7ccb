/** From a bad request to weight zero, by way of a real Prometheus, a real Alertmanager and the gateway. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { pino } from 'pino';
import { Breakers } from '../../src/adapters/breakers/breakers.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../../scripts/load/load-client.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { AlertResponse } from '../../src/contracts/rollouts/alerts.ts';
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { startGateway, type Gateway } from '../../workers/start-gateway.ts';
import { eventually } from '../fixtures/eventually.ts';
import { RolloutBench } from '../fixtures/rollouts.ts';
import { devServer } from '../fixtures/temporal.ts';
import { PlatformProcess, refTo } from '../local-platform/platform-process.ts';
import { provideAlertmanager } from '../setup/provide-alertmanager.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { noObjectives } from '../fixtures/no-objectives.ts';
import { AlertmanagerProcess, shippedConfig } from './alertmanager-process.ts';
import { PrometheusProcess } from './prometheus-process.ts';

const { cache } = loadConfig();
const prometheusProgram = await providePrometheus(cache);
const programs = await provideAlertmanager(cache);
const token = 'a-token-of-the-tests';

test.skipIf(programs === undefined)(
  'amtool finds nothing wrong with the shipped config',
  async () => {
    const { stdout } = await promisify(execFile)(programs?.amtool ?? '', [
      'check-config',
      shippedConfig,
    ]);
    expect(stdout).toMatch(/SUCCESS/);
    expect(stdout).toMatch(/2 receivers/);
  },
);

describe.skipIf(prometheusProgram === undefined || programs === undefined)(
  'a release that fails every request',
  () => {
    const platform = new PlatformProcess();
    const alertmanager = new AlertmanagerProcess();
    let prometheus: PrometheusProcess | undefined;
    let env: TestWorkflowEnvironment;
    let bench: RolloutBench;
    let gateway: Gateway | undefined;

    beforeAll(async () => {
      await platform.start();
      env = await devServer();
      const patient = { actTimeoutMs: 10_000, actBudgetMs: 60_000 };
      const real = { local: platform.adapter };
      bench = await RolloutBench.start(env.client, env.nativeConnection, patient, real);
      gateway = await startGateway({
        breakers: new Breakers({ failures: 5, openMs: 60_000, successes: 2 }),
        config: {
          gateway: { port: 0, address: '127.0.0.1', requestsPerMinute: 600 },
          taskQueue: bench.taskQueue,
          drainMs: 5_000,
        },
        client: env.client,
        responses: bench.responses,
        objectives: noObjectives,
        credentials: { tokens: [{ name: 'alertmanager', secret: token }], signingSecrets: [] },
        log: pino({ level: 'silent' }),
      });
      const webhook = { url: `${gateway.url}/v1/alerts`, token };
      await alertmanager.start(programs?.alertmanager ?? '', webhook);
      prometheus = new PrometheusProcess({
        executable: prometheusProgram ?? '',
        jobs: { belay: new URL(platform.runFile()?.url ?? '').host },
        alerting: {
          rules: resolve('deploy/prometheus/rules/local-platform.yaml'),
          alertmanager: alertmanager.address,
        },
      });
      await prometheus.start();
    });

    afterAll(async () => {
      await prometheus?.clear();
      await alertmanager.clear();
      await gateway?.close();
      await bench.stop();
      await env.teardown();
      await platform.clear();
    });

    const release = (version: string, status: number) => ({ version, inProcess: { status } });

    /** What was done about the first alert of a service, once it has come to its end. */
    function ended({ service }: ServiceRef): Promise<AlertResponse> {
      return eventually(async () => {
        const responses = await bench.responses.list({ service });
        const done = responses.find(({ ending }) => ending !== undefined);
        if (done === undefined) throw new Error(`no alert has led to an end: ${responses.length}`);
        return done;
      }, 60_000);
    }

    test('loses its traffic while it is a canary', async () => {
      const shop = refTo('burst');
      const { url = '' } = await platform.firstRelease(shop, release('v1', 200), 1);
      const load = startLoad({ url, ratePerSecond: 200, keepAlive: true });
      try {
        await bench.start(shop, {
          release: release('v2', 500),
          replicas: 1,
          stages: [{ weight: 20, hold: '10m' }],
          analysis: 'none',
        });
        await bench.until(shop, ({ phase }) => phase === 'holding');
        const badSinceMs = await firstFailure(load.counts);
        await eventually(async () => {
          const { canaryWeight } = await platform.service(shop);
          if (canaryWeight > 0) throw new Error(`still ${canaryWeight} %`);
        }, 60_000);
        const zeroAtMs = Date.now();
        const { alert, decidedAtMs, action, ending } = await ended(shop);
        report('a bad canary', {
          'alert fires': alert.startsAtMs - badSinceMs,
          'webhook received': alert.receivedAtMs - badSinceMs,
          decided: decidedAtMs - badSinceMs,
          'weight zero': zeroAtMs - badSinceMs,
          'rollout ended': (ending?.endedAtMs ?? 0) - badSinceMs,
        });
        expect([action, ending?.outcome]).toEqual(['abort', 'RolledBack']);
        expect(['ServiceErrors', 'ServiceServerErrors', 'ServiceSuccessLow']).toContain(alert.name);
        expect((await platform.service(shop)).stable?.release.version).toBe('v1');
      } finally {
        await load.stop();
      }
    });

    test('is replaced by the one before it where it was promoted already', async () => {
      const shop = refTo('promoted');
      await platform.firstRelease(shop, release('v1', 200), 1);
      const spec = { release: release('v2', 500), replicas: 1, analysis: 'none' };
      const rollout = { ...spec, stages: [{ weight: 50, hold: '100ms' }] };
      expect(await (await bench.start(shop, rollout)).result()).toMatchObject({
        outcome: 'Promoted',
      });
      const { url = '' } = await platform.service(shop);
      const load = startLoad({ url, ratePerSecond: 200, keepAlive: true });
      try {
        const badSinceMs = await firstFailure(load.counts);
        const { alert, action, ending } = await ended(shop);
        report('a bad release', {
          'alert fires': alert.startsAtMs - badSinceMs,
          'webhook received': alert.receivedAtMs - badSinceMs,
          'the one before is back': (ending?.endedAtMs ?? 0) - badSinceMs,
        });
        expect([action, ending?.outcome]).toEqual(['undo', 'Promoted']);
        expect((await platform.service(shop)).stable?.release.version).toBe('v1');
      } finally {
        await load.stop();
      }
    });
  },
);

async function firstFailure(counts: { lost: number }): Promise<number> {
  return eventually(() => {
    if (counts.lost === 0) throw new Error('nothing has failed yet');
    return Promise.resolve(Date.now());
  });
}

/** Milliseconds from the first bad request. */
function report(what: string, afterMs: Record<string, number>): void {
  const steps = Object.entries(afterMs).map(([step, ms]) => `${step} ${(ms / 1000).toFixed(2)} s`);
  process.stdout.write(`${what}, from its first bad request: ${steps.join(', ')}\n`);
}
