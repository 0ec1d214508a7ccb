/** A real Prometheus that scrapes the cluster's own Traefik, and the pods behind it. */
import { CoreV1Api } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad } from '../../scripts/load/load-client.ts';
import { shopImage } from '../../scripts/one-node-cluster/images/names.ts';
import {
  createPrometheusReader,
  type PrometheusReader,
} from '../../src/adapters/prometheus/prometheus-reader.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ReadSubject } from '../../src/contracts/rollouts/metric-reader.ts';
import type { Track, TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';
import { fillPlaceholders } from '../../src/policies/rollouts/analysis/placeholders.ts';
import { trafficBetween } from '../../src/policies/rollouts/analysis/traffic-difference.ts';
import type { TrafficPreset } from '../../src/specs/rollouts/metric-source.ts';
import { kubernetesTarget } from '../../src/specs/rollouts/kubernetes-target.ts';
import { describeOnCluster, theCluster } from '../fixtures/cluster.ts';
import { eventually } from '../fixtures/eventually.ts';
import { ClusterBench, type BenchShop } from '../fixtures/rollouts-on-cluster.ts';
import { scrapedPods } from '../fixtures/scraped-pods.ts';
import { ingressShop, routeShop } from '../fixtures/shop.ts';
import { PrometheusProcess, type PrometheusOptions } from '../prometheus/prometheus-process.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { anywhere } from '../fixtures/anywhere.ts';

const executable = await providePrometheus(loadConfig().cache);
const describeScraped = (title: string, suite: () => void) => {
  if (executable !== undefined) {
    describeOnCluster(title, ['gatewayUrl', 'ingressUrl', 'traefikMetricsUrl'], suite);
    return;
  }
  process.stderr.write(`SKIPPED: ${title}: there is no Prometheus\n`);
  describe.skip(title, suite);
};

/** Who answers counts a request soon after its caller has the answer. */
const countedMs = 500;

const gateway = { gatewayApi: { route: 'shop' } };
const ingress = { nginx: { ingress: 'shop' } };

interface DividedShop {
  url: string;
  shop: BenchShop;
  subject: ReadSubject;
}

describeScraped('a Prometheus that scrapes Traefik', () => {
  let bench: ClusterBench;
  let prometheus: PrometheusProcess;
  let reader: PrometheusReader;
  let byGateway: DividedShop;
  let byIngress: DividedShop;
  let jobs: PrometheusOptions['jobs'];

  beforeAll(async () => {
    prometheus = new PrometheusProcess({ executable: executable ?? '', jobs: {} });
    [bench] = await Promise.all([ClusterBench.start(4), prometheus.start()]);
    reader = createPrometheusReader(
      { address: prometheus.address },
      { fill: fillPlaceholders, ...anywhere },
    );
    [byGateway, byIngress] = await Promise.all([
      divideShop(bench, gateway, routeShop),
      divideShop(bench, ingress, ingressShop),
    ]);
    jobs = {
      traefik: new URL(theCluster().traefikMetricsUrl).host,
      ...(await scrapedPods(byGateway.shop.namespace)),
      ...(await scrapedPods(byIngress.shop.namespace)),
    };
    await prometheus.scrape(jobs);
  });

  afterAll(async () => {
    await prometheus.clear();
    await bench.stop();
  });

  /** Once every target has told all that it was asked until now. */
  const readBoth = async ({ subject }: DividedShop) => {
    const sinceS = (Date.now() + countedMs) / 1_000;
    const query = `count(timestamp(up) > ${sinceS} and up == 1)`;
    const scraped = { kind: 'value', values: { canary: Object.keys(jobs).length } };
    await eventually(async () =>
      expect(await reader.readValue({ kind: 'prometheus-value', query }, subject, 5_000)).toEqual(
        scraped,
      ),
    );
    const read = (preset: TrafficPreset) =>
      reader.readTraffic({ preset, labels: {} }, subject, 5_000);
    const [traefik, http] = await Promise.all([read('traefik'), read('http')]);
    return { traefik, http };
  };

  test.concurrent.each([
    ['the Gateway API', () => byGateway],
    ['an annotated Ingress', () => byIngress],
  ])(
    'counts for each track what callers counted, errors too, where %s divides them 80:20',
    async (_name, divided) => {
      const before = await readBoth(divided());
      const asked = await ask(divided().url, { callers: 20, rounds: 20 });
      const after = await readBoth(divided());
      expect(countedBetween(before.traefik, after.traefik)).toEqual(asked);
      expect(countedBetween(before.http, after.http)).toEqual(asked);
      expect(asked.canary.requests).toBeGreaterThan(40);
      expect(asked.canary.requests).toBeLessThan(120);
      expect(asked.stable.errors).toBeGreaterThan(0);
      expect(asked.canary.errors).toBeGreaterThan(0);
    },
  );

  test.concurrent('tells who divides by replica ratio what to write instead', async () => {
    const shop = await bench.shop({ replicas: 1 });
    const target = kubernetesTarget.parse(shop.ref.target);
    const byRatio = { ref: { ...shop.ref, target }, version: 'v2', track: 'canary' } as const;
    const read = reader.readTraffic({ preset: 'traefik', labels: {} }, byRatio, 5_000);
    await expect(read).rejects.toThrow(refusal);
    const rollout = shop.roll('canary', {
      release: { image: shopImage('v2') },
      analysis: { traffic: { prometheus: { preset: 'traefik', address: prometheus.address } } },
    });
    await expect(rollout).rejects.toMatchObject({ cause: { type: 'InvalidSpec' } });
  });

  test.concurrent(
    'has a release that fails every fifth request undone, and both figures told',
    async () => {
      const shop = await bench.shop();
      const url = await routeShop(shop.namespace);
      const load = startLoad({ url, ratePerSecond: 100, keepAlive: true });
      const rollout = shop.roll('canary', {
        target: { ...shop.ref.target, router: gateway },
        release: { image: shopImage('v2'), env: { ERROR_PERCENT: '20' } },
        stages: [{ weight: 20, hold: '10m' }],
        analysis: { traffic: { prometheus: { preset: 'traefik', address: prometheus.address } } },
      });
      const report = await rollout.finally(() => load.stop());
      expect(report.outcome).toBe('RolledBack');
      expect(report.reason).toMatch(
        /^at 20 %: error-rate: canary [\d.]+ % of [\d,]+ requests failed, stable 0 % of [\d,]+; /,
      );
      expect(await shop.answers()).toBe('v1');
    },
  );
});

const refusal =
  "preset traefik distinguishes the tracks by their Services, and in a target without a router (gatewayApi or nginx) one Service leads to both; write the labels of each track's series as stable and canary beside the preset, or use another preset";

/** Both releases fail some of their requests; a fifth of all go to the canary, and stay with it. */
async function divideShop(
  bench: ClusterBench,
  router: object,
  route: (namespace: string) => Promise<string>,
): Promise<DividedShop> {
  const shop = await bench.shop({ replicas: 2, env: { ERROR_PERCENT: '5' } });
  const url = await route(shop.namespace);
  const target = { ...shop.ref.target, router };
  await shop.start('canary', {
    target,
    release: { image: shopImage('v2'), env: { ERROR_PERCENT: '20' } },
    stages: [{ weight: 20, hold: '10m' }],
    analysis: 'none',
  });
  await shop.until(({ phase }) => phase === 'holding');
  const ref = { ...shop.ref, target: kubernetesTarget.parse(target) };
  const replicas = await replicasOf(shop);
  return { url, shop, subject: { ref, version: 'v2', track: 'canary', replicas } };
}

/** As a hold reads them of its target. */
async function replicasOf({ namespace }: BenchShop): Promise<Record<Track, string[]>> {
  const core = theCluster().config().makeApiClient(CoreV1Api);
  const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=shop' });
  const ofImage = (image: string) =>
    items
      .filter(({ spec }) => spec?.containers[0]?.image === image)
      .map(({ metadata }) => metadata?.name ?? '');
  return { stable: ofImage(shopImage('v1')), canary: ofImage(shopImage('v2')) };
}

type Counted = Record<Track, { requests: number; errors: number }>;

/** What the callers were answered, by whom. */
async function ask(
  url: string,
  { callers, rounds }: Record<'callers' | 'rounds', number>,
): Promise<Counted> {
  const counted: Counted = {
    stable: { requests: 0, errors: 0 },
    canary: { requests: 0, errors: 0 },
  };
  const call = async () => {
    const answer = await fetch(url);
    const { version } = (await answer.json()) as { version: string };
    const track = counted[version === 'v1' ? 'stable' : 'canary'];
    track.requests += 1;
    if (!answer.ok) track.errors += 1;
  };
  for (let round = 0; round < rounds; round += 1) {
    await Promise.all(Array.from({ length: callers }, call));
  }
  return counted;
}

function countedBetween(before: TrafficSnapshot, after: TrafficSnapshot): Counted {
  const of = (track: Track) => {
    const between = trafficBetween(track, before, after);
    if (!between.known) throw new Error(between.reason);
    const { requests, errors } = between.counters;
    return { requests, errors };
  };
  return { stable: of('stable'), canary: of('canary') };
}
