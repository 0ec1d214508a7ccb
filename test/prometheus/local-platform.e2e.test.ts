/** A real Prometheus that scrapes the local platform's router, while real callers ask through it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startLoad, type LoadCounts } from '../../scripts/load/load-client.ts';
import { createPrometheusReader } from '../../src/adapters/prometheus/prometheus-reader.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { SourceError, type ReadSubject } from '../../src/contracts/rollouts/metric-reader.ts';
import type { TrackCounters, TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';
import { fillPlaceholders } from '../../src/policies/rollouts/analysis/placeholders.ts';
import { trafficBetween } from '../../src/policies/rollouts/analysis/traffic-difference.ts';
import { eventually } from '../fixtures/eventually.ts';
import { fencesOf, PlatformProcess, readiness, refTo } from '../local-platform/platform-process.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { Gate } from './gate.ts';
import { PrometheusProcess } from './prometheus-process.ts';
import { anywhere } from '../fixtures/anywhere.ts';

const executable = await providePrometheus(loadConfig().cache);

const platform = new PlatformProcess();
const ref = refTo('shop');
const subject: ReadSubject = { ref, version: 'v2', track: 'canary' };
const router = new Gate('');
const server = new Gate('');
let prometheus: PrometheusProcess;
let reader: ReturnType<typeof createPrometheusReader>;
let url = '';

describe.skipIf(executable === undefined)('a Prometheus that scrapes the local platform', () => {
  beforeAll(async () => {
    await platform.start();
    router.to = platform.runFile()?.url ?? '';
    ({ url = '' } = await platform.firstRelease(ref, inProcess('v1', 200), 1));
    prometheus = new PrometheusProcess({
      executable: executable ?? '',
      jobs: { belay: await router.open() },
    });
    await prometheus.start();
    server.to = prometheus.address;
    const address = `http://${await server.open()}`;
    reader = createPrometheusReader({ address }, { fill: fillPlaceholders, ...anywhere });
    const fences = fencesOf('r2');
    await platform.adapter.claim(ref, fences.next(), 'rollout/two', 'canary');
    const canary = { release: inProcess('v2', 500), replicas: 1, readiness };
    await platform.adapter.applyCanary(ref, fences.next(), canary);
    await platform.canaryReady(ref);
    await platform.adapter.setWeight(ref, fences.next(), 30);
  });

  afterAll(async () => {
    await prometheus.clear();
    await server.close();
    await router.close();
    await platform.clear();
  });

  test('counts for each track what its callers counted, a newborn canary from 0', async () => {
    const before = await eventually(read);
    expect(before.sources).toHaveProperty(
      [`canary belay ${routerName()}`, 'counters', 'requests'],
      0,
    );
    const asked = await ask(300);
    const after = await afterScrapeOf(asked, before);
    const stable = difference('stable', before, after);
    const canary = difference('canary', before, after);
    expect(stable).toMatchObject({ requests: asked.byVersion['v1'], errors: 0 });
    expect(canary).toMatchObject({
      requests: asked.byVersion['v2'],
      errors: asked.byVersion['v2'],
    });
    expect(canary.latency.boundsMs.at(-1)).toBeNull();
    expect(canary.latency.counts.at(-1)).toBe(asked.byVersion['v2']);
    expect(canary.latency.boundsMs).toContain(250);
  });

  test('takes its clock from the server', async () => {
    const askedAtMs = Date.now();
    const { takenAtMs } = await read();
    expect(takenAtMs).toBeGreaterThan(askedAtMs - 5_000);
    expect(takenAtMs).toBeLessThan(Date.now() + 5_000);
  });

  test('counts nothing twice and loses nothing over its own restart', async () => {
    const before = await eventually(read);
    await prometheus.stop();
    await expect(read()).rejects.toThrow(/Prometheus at .* did not answer/);
    const asked = await ask(100);
    await prometheus.start();
    const after = await afterScrapeOf(asked, before);
    expect(counted(before, after)).toEqual(versions(asked));
  });

  test('says that it is stale while the router cannot be scraped, and then goes on', async () => {
    const before = await eventually(read);
    router.mode = 'closed';
    const asked = await ask(100);
    await eventually(() =>
      expect(read()).rejects.toThrow(
        /^stale: the newest sample of belay 127.0.0.1:\d+ is [\d.]+ s old, scraped every 0.2 s$/,
      ),
    );
    router.mode = 'open';
    const after = await afterScrapeOf(asked, before);
    expect(counted(before, after)).toEqual(versions(asked));
  });

  test('counts from 0 again where the router restarted', async () => {
    const before = await eventually(read);
    await platform.end('SIGTERM');
    await platform.start();
    router.to = platform.runFile()?.url ?? '';
    ({ url = '' } = await eventually(() => platform.service(ref)));
    const asked = await eventually(async () => {
      expect((await fetch(url)).status).not.toBe(503);
      return ask(100);
    });
    const after = await eventually(async () => {
      const now = await read();
      expect(sinceOf(now)).toBeGreaterThan(sinceOf(before));
      expect(sum(counted(before, now))).toBe(asked.sent + 1);
      return now;
    });
    expect(difference('canary', before, after).errors).toBeGreaterThan(0);
  });

  test('answers a query for the track, for both, and says why it has nothing', async () => {
    const value = (query: string) =>
      reader.readValue({ kind: 'prometheus-value', query }, subject, 5_000);
    await eventually(read);
    const total = 'belay_router_requests_total{service="{{service}}"';
    const both = {
      kind: 'value',
      values: { stable: expect.any(Number), canary: expect.any(Number) },
    };
    expect(await value(`sum(${total},track="{{track}}"})`)).toEqual(both);
    expect(await value(`sum by (track) (${total}})`)).toEqual(both);
    expect(await value('scalar(vector(7))')).toEqual({ kind: 'value', values: { canary: 7 } });
    expect(await value(`sum(${total},track="none"})`)).toEqual({
      kind: 'nothing',
      reason: 'the query returns no series',
    });
    expect(await value('vector(0) / 0')).toEqual({
      kind: 'nothing',
      reason: 'the query returns NaN',
    });
    expect(await value('sum by (le) (belay_router_request_duration_seconds_bucket)')).toEqual({
      kind: 'nothing',
      reason: 'the query returns 15 series; aggregate it',
    });
  });

  test('counts what two selectors mean, track by track', async () => {
    const total = 'belay_router_requests_total{service="{{service}}",track="{{track}}"}';
    const bad = total.replace('}"}', '}",code=~"5.."}');
    const reading = await eventually(() =>
      reader.readCounts({ kind: 'prometheus-counts', bad, total }, subject, 5_000),
    );
    if (reading.kind !== 'counts') throw new Error(reading.kind);
    const traffic = await read();
    const name = (track: string) => `${track} belay ${routerName()}`;
    for (const track of ['stable', 'canary']) {
      const { requests, errors } = traffic.sources[name(track)]!.counters;
      expect(reading.counters.sources[name(track)]?.counters).toMatchObject({ requests, errors });
    }
  });

  test('says in its own words what is wrong with a query', async () => {
    const wrong = reader.readValue(
      { kind: 'prometheus-value', query: 'sum(rate(' },
      subject,
      5_000,
    );
    await expect(wrong).rejects.toThrow(/rejected the query: bad_data: .*parse error/);
    await expect(wrong).rejects.toBeInstanceOf(SourceError);
  });

  test('tells a service that nobody counts from one that is silent', async () => {
    const other = { ...subject, ref: refTo('no-such-shop') };
    await expect(readFor(other)).rejects.toThrow(/^no series match belay_router_requests_total{/);
  });

  test('is asked little by fifty who look at once, and each gets its own answer', async () => {
    const asked = server.asked;
    const samples = Array.from({ length: 50 }, (_, i) =>
      i % 2 === 0 ? read() : readFor({ ...subject, ref: refTo(`shop-${i}`) }),
    );
    const seen = await Promise.allSettled(samples);
    expect(server.asked - asked).toBeLessThanOrEqual(8);
    for (const [i, { status }] of seen.entries()) {
      expect(status).toBe(i % 2 === 0 ? 'fulfilled' : 'rejected');
    }
  });

  test('that answers too late has not answered', async () => {
    server.mode = 'silent';
    const timeoutMs = 300;
    const late = reader.readTraffic(source, subject, timeoutMs);
    await expect(late).rejects.toThrow(/did not answer within 300 ms/);
    await expect(late).rejects.toBeInstanceOf(SourceError);
    server.mode = 'open';
    await eventually(read);
  });
});

const source = { preset: 'belay', labels: {} } as const;

function read(): Promise<TrafficSnapshot> {
  return readFor(subject);
}

function readFor(whose: ReadSubject): Promise<TrafficSnapshot> {
  return reader.readTraffic(source, whose, 5_000);
}

function inProcess(version: string, status: number) {
  return { version, inProcess: { status } };
}

/** Callers, until so many have asked. */
async function ask(count: number): Promise<LoadCounts> {
  const load = startLoad({ url, ratePerSecond: 200, keepAlive: true });
  await expect.poll(() => load.counts.sent, { timeout: 15_000 }).toBeGreaterThanOrEqual(count);
  return load.stop();
}

/** Once all of it was scraped, and not a request more. */
function afterScrapeOf(asked: LoadCounts, before: TrafficSnapshot): Promise<TrafficSnapshot> {
  return eventually(async () => {
    const now = await read();
    expect(sum(counted(before, now))).toBe(asked.sent);
    return now;
  });
}

function counted(before: TrafficSnapshot, after: TrafficSnapshot) {
  const { requests: v1 } = difference('stable', before, after);
  const { requests: v2 } = difference('canary', before, after);
  return { v1, v2 };
}

function versions({ byVersion }: LoadCounts) {
  return { v1: byVersion['v1'], v2: byVersion['v2'] };
}

function sum({ v1, v2 }: { v1: number; v2: number }): number {
  return v1 + v2;
}

function difference(
  track: 'stable' | 'canary',
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): TrackCounters {
  const between = trafficBetween(track, before, after);
  if (!between.known) throw new Error(between.reason);
  return between.counters;
}

function sinceOf({ sources }: TrafficSnapshot): number {
  return sources[`canary belay ${routerName()}`]?.since ?? 0;
}

function routerName(): string {
  return router.address;
}
