/** A real Prometheus that scrapes pods which come, count, fall silent and go. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createPrometheusReader } from '../../src/adapters/prometheus/prometheus-reader.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ReadSubject } from '../../src/contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../src/contracts/rollouts/traffic.ts';
import { fillPlaceholders } from '../../src/policies/rollouts/analysis/placeholders.ts';
import { trafficBetween } from '../../src/policies/rollouts/analysis/traffic-difference.ts';
import { eventually } from '../fixtures/eventually.ts';
import { providePrometheus } from '../setup/provide-prometheus.ts';
import { PrometheusProcess } from './prometheus-process.ts';
import { anywhere } from '../fixtures/anywhere.ts';

/** Serves what it has counted, in the names that most client libraries use. */
class Pod {
  readonly name: string;
  readonly startedAtMs: number;
  answers = 0;
  errors = 0;
  #server: Server;

  constructor(name: string, startedAtMs = Date.now()) {
    this.name = name;
    this.startedAtMs = startedAtMs;
    this.#server = createServer((_, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' });
      response.end(this.#text());
    });
  }

  async start(port = 0): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  get target(): { target: string; labels: Record<string, string> } {
    const { port } = this.#server.address() as AddressInfo;
    return { target: `127.0.0.1:${port}`, labels: { namespace: 'shops', pod: this.name } };
  }

  /** Client libraries have no series of what they have not counted. */
  #text(): string {
    const lines = Object.entries({ 200: this.answers, 503: this.errors })
      .filter(([, count]) => count > 0)
      .map(([code, count]) => `http_requests_total{code="${code}",path="/"} ${count}`);
    const probes = 'http_requests_total{code="200",path="/healthz"} 99';
    const start = `process_start_time_seconds ${this.startedAtMs / 1_000}`;
    return `${[...lines, probes, start].join('\n')}\n`;
  }
}

const executable = await providePrometheus(loadConfig().cache);
const subject: ReadSubject = {
  ref: {
    service: 'shop',
    environment: 'demo',
    target: { platform: 'kubernetes', namespace: 'shops', metrics: { path: '/metrics' } },
  },
  version: 'v2',
  track: 'canary',
};
const longAgo = Date.now() - 3_600_000;
const names = {
  stable: 'shop-5d4f86c7b9-aaaaa',
  canary: 'shop-canary-5d4f86c7b9-bbbbb',
  second: 'shop-canary-5d4f86c7b9-ccccc',
};
const prometheus = new PrometheusProcess({ executable: executable ?? '', jobs: {} });
let pods: Record<keyof typeof names, Pod>;

describe.skipIf(executable === undefined)('a Prometheus that scrapes pods', () => {
  beforeAll(() => prometheus.start());
  afterAll(() => prometheus.clear());

  /** Addresses of their own for every test: what the last one left is of pods that are gone. */
  beforeEach(async () => {
    pods = {
      stable: new Pod(names.stable, longAgo),
      canary: new Pod(names.canary, longAgo),
      second: new Pod(names.second),
    };
    await Promise.all(Object.values(pods).map((pod) => pod.start()));
    pods.stable.answers = 1_000;
    await scrape('stable', 'canary');
    return async () => {
      await Promise.all(Object.values(pods).map((pod) => pod.stop()));
    };
  });

  test('counts the first requests of a pod that was there and had counted none', async () => {
    const before = await seen(['stable', 'canary']);
    pods.canary.answers = 7;
    pods.canary.errors = 3;
    await countsSince(before, { stable: [0, 0], canary: [10, 3] });
  });

  test('counts a pod that came since from 0', async () => {
    const before = await seen(['stable', 'canary']);
    pods.second = await replaced(pods.second, new Pod(names.second));
    pods.second.answers = 5;
    await scrape('stable', 'canary', 'second');
    await countsSince(before, { stable: [0, 0], canary: [5, 0] });
  });

  test('does not count what a pod had counted before it was first seen', async () => {
    const before = await seen(['stable', 'canary']);
    pods.second = await replaced(pods.second, new Pod(names.second, longAgo));
    pods.second.answers = 500;
    await scrape('stable', 'canary', 'second');
    await seen(['stable', 'canary', 'second']);
    await countsSince(before, { stable: [0, 0], canary: [0, 0] });
  });

  test('counts a pod that restarted from 0, even where it has counted more by now', async () => {
    pods.canary.answers = 10;
    const before = await seen(['stable', 'canary'], 10);
    const port = Number(new URL(`http://${pods.canary.target.target}`).port);
    await pods.canary.stop();
    pods.canary = new Pod(names.canary);
    pods.canary.answers = 12;
    await pods.canary.start(port);
    await countsSince(before, { stable: [0, 0], canary: [12, 0] });
  });

  test('leaves out a pod that is gone, at once and without a word', async () => {
    pods.canary.answers = 10;
    await seen(['stable', 'canary'], 10);
    await scrape('stable');
    await pods.canary.stop();
    await seen(['stable']);
  });

  test('knows nothing while a pod that should be scraped does not answer', async () => {
    pods.canary.answers = 10;
    await seen(['stable', 'canary'], 10);
    await pods.canary.stop();
    await eventually(() =>
      expect(read()).rejects.toThrow(
        /^stale: the newest sample of canary 127.0.0.1:\d+ shop-canary-/,
      ),
    );
  });
});

async function replaced(old: Pod, pod: Pod): Promise<Pod> {
  await old.stop();
  await pod.start();
  return pod;
}

function scrape(...which: (keyof typeof names)[]): Promise<void> {
  return prometheus.scrape(Object.fromEntries(which.map((name) => [name, pods[name].target])));
}

function read(): Promise<TrafficSnapshot> {
  const reader = createPrometheusReader(
    { address: prometheus.address },
    { fill: fillPlaceholders, ...anywhere },
  );
  return reader.readTraffic({ preset: 'http', labels: {} }, subject, 5_000);
}

/** Once these pods are seen and no others, and canaries have counted so much. */
function seen(which: (keyof typeof names)[], canaryRequests = 0): Promise<TrafficSnapshot> {
  const expected = which.map((name) => {
    const { target } = pods[name].target;
    return `${name === 'stable' ? 'stable' : 'canary'} ${name} ${target} ${names[name]}`;
  });
  return eventually(async () => {
    const snapshot = await read();
    expect(Object.keys(snapshot.sources).sort()).toEqual(expected.sort());
    const canaries = Object.values(snapshot.sources).filter(({ track }) => track === 'canary');
    const requests = canaries.reduce((sum, { counters }) => sum + counters.requests, 0);
    expect(requests).toBeGreaterThanOrEqual(canaryRequests);
    return snapshot;
  });
}

/** Requests and errors. */
function countsSince(
  before: TrafficSnapshot,
  expected: Record<'stable' | 'canary', [number, number]>,
): Promise<void> {
  return eventually(async () => {
    const after = await read();
    const since = (track: 'stable' | 'canary') => {
      const between = trafficBetween(track, before, after);
      return between.known ? [between.counters.requests, between.counters.errors] : between.reason;
    };
    expect({ stable: since('stable'), canary: since('canary') }).toEqual(expected);
  });
}
