/**
 * From a bad request on a real cluster to a release that is taken back, by way of a real Prometheus
 * with the shipped rules, a real Alertmanager with the shipped route, and the gateway.
 */
import { resolve } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad, type LoadCounts } from '../../scripts/load/load-client.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import { Breakers } from '../../src/adapters/breakers/breakers.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { AlertResponse } from '../../src/contracts/rollouts/alerts.ts';
import { startGateway, type Gateway } from '../../workers/start-gateway.ts';
import { describeOnCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PodOwners } from '../fixtures/pod-owners.ts';
import { ClusterBench, type BenchShop } from '../fixtures/rollouts-on-cluster.ts';
import { scrapedPods } from '../fixtures/scraped-pods.ts';
import { routeShop } from '../fixtures/shop.ts';
import { AlertmanagerProcess } from '../prometheus/alertmanager-process.ts';
import { PrometheusProcess } from '../prometheus/prometheus-process.ts';
import { provideAlertmanager } from '../setup/provide-alertmanager.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { noObjectives } from '../fixtures/no-objectives.ts';

const { cache } = loadConfig();
const prometheusProgram = await providePrometheus(cache);
const alertmanagerProgram = (await provideAlertmanager(cache))?.alertmanager;
const token = 'a-token-of-the-tests';
const router = { gatewayApi: { route: 'shop' } };
const broken = { image: shopImage('v2'), env: { ERROR_PERCENT: '50' } };

const describeAlerted = (title: string, suite: () => void) => {
  if (prometheusProgram !== undefined && alertmanagerProgram !== undefined) {
    describeOnCluster(title, ['gatewayUrl'], suite);
    return;
  }
  process.stderr.write(`SKIPPED: ${title}: there is no Prometheus, or no Alertmanager\n`);
  describe.skip(title, suite);
};

describeAlerted('a release that fails half of its requests on Kubernetes', () => {
  const alertmanager = new AlertmanagerProcess();
  let bench: ClusterBench;
  let gateway: Gateway;
  let prometheus: PrometheusProcess;
  let owners: PodOwners;
  let shop: BenchShop;
  let url: string;

  beforeAll(async () => {
    bench = await ClusterBench.start(1);
    gateway = await startGateway({
      breakers: new Breakers({ failures: 5, openMs: 60_000, successes: 2 }),
      config: {
        gateway: { port: 0, address: '127.0.0.1', requestsPerMinute: 600 },
        taskQueue: bench.taskQueue,
        drainMs: 5_000,
      },
      client: bench.client,
      responses: bench.responses,
      objectives: noObjectives,
      credentials: { tokens: [{ name: 'alertmanager', secret: token }], signingSecrets: [] },
      log: pino({ level: 'silent' }),
    });
    await alertmanager.start(alertmanagerProgram ?? '', { url: `${gateway.url}/v1/alerts`, token });
    prometheus = new PrometheusProcess({
      executable: prometheusProgram ?? '',
      jobs: {},
      scrapeEvery: '1s',
      alerting: {
        rules: resolve('deploy/prometheus/rules/pods.yaml'),
        alertmanager: alertmanager.address,
      },
    });
    await prometheus.start();
    shop = await bench.shop({ replicas: 2 });
    url = await routeShop(shop.namespace);
    owners = new PodOwners(shop.namespace);
  });

  afterAll(async () => {
    await prometheus.clear();
    await alertmanager.clear();
    owners.stop();
    await gateway.close();
    await bench.stop();
  });

  /** What was done about the first alert that was acted on, once that has come to its end. */
  const ended = (action: AlertResponse['action']) =>
    eventually(async () => {
      const responses = await bench.responses.list({ action });
      const done = responses.find(({ ending }) => ending !== undefined);
      if (done === undefined) throw new Error(`${responses.length} alerts, none at its end`);
      return done;
    }, 120_000);

  const scrapeAll = async () =>
    prometheus.scrape({ owners: await owners.start(), ...(await scrapedPods(shop.namespace)) });

  test('loses its traffic while it is a canary, and callers of stable lose nothing', async () => {
    const load = startLoad({ url, ratePerSecond: 50, keepAlive: true });
    try {
      const stages = [{ weight: 20, hold: '10m' }];
      const target = { ...shop.ref.target, router };
      await shop.start('canary', { target, release: broken, stages, analysis: 'none' });
      await shop.until(({ phase }) => phase === 'holding');
      const badSinceMs = await firstFailure(load.counts);
      await scrapeAll();
      const { alert, ending } = await ended('abort');
      report(load.counts.lastAnswerAtMs['v2'], { alert, ending, badSinceMs });
      expect(alert).toMatchObject({ subject: { deployment: 'shop-canary' } });
      expect(describeEnding(ending)).toMatch(/^RolledBack: /);
      await eventually(async () => expect(await shop.answers()).toBe('v1'));
    } finally {
      await load.stop();
      owners.stop();
    }
    expect(load.counts.byStatus['500']).toBe(load.counts.lost);
  });

  test('is replaced by the one before it where it was promoted already', async () => {
    await prometheus.scrape({});
    const load = startLoad({ url, ratePerSecond: 50, keepAlive: true });
    try {
      const stages = [{ weight: 50, hold: '100ms' }];
      const target = { ...shop.ref.target, router };
      const { outcome } = await shop.roll('canary', {
        ...{ target, release: broken, stages, analysis: 'none' },
      });
      expect(outcome).toBe('Promoted');
      await eventually(async () => expect(await shop.answers()).toBe('v2'));
      const badSinceMs = await firstFailure(load.counts);
      await scrapeAll();
      const { alert, ending } = await ended('undo');
      report(load.counts.lastAnswerAtMs['v2'], { alert, ending, badSinceMs });
      expect(alert).toMatchObject({ subject: { deployment: 'shop' } });
      expect(describeEnding(ending)).toMatch(/^Promoted: /);
      await eventually(async () => expect(await shop.answers()).toBe('v1'));
    } finally {
      await load.stop();
    }
    expect(load.counts.byStatus['500']).toBe(load.counts.lost);
  });
});

async function firstFailure(counts: LoadCounts): Promise<number> {
  return eventually(() => {
    if (counts.lost === 0) throw new Error('nothing has failed yet');
    return Promise.resolve(Date.now());
  });
}

interface Told {
  alert: AlertResponse['alert'];
  ending: AlertResponse['ending'];
  badSinceMs: number;
}

/** Seconds from the first bad request on; Prometheus began to scrape the pods after it. */
function report(lastBadAnswerMs: number | undefined, { alert, ending, badSinceMs }: Told): void {
  const steps = {
    'alert fires': alert.startsAtMs,
    'webhook received': alert.receivedAtMs,
    'last answer of the bad release': lastBadAnswerMs ?? badSinceMs,
    ended: ending?.endedAtMs ?? 0,
  };
  const describeEnding = Object.entries(steps).map(
    ([step, atMs]) => `${step} ${((atMs - badSinceMs) / 1000).toFixed(2)} s`,
  );
  process.stdout.write(`from the first bad request: ${describeEnding.join(', ')}\n`);
}

function describeEnding(ending: AlertResponse['ending']): string {
  return `${ending?.outcome}: ${ending?.reason}`;
}
