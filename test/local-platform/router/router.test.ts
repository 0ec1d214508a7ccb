import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Track, TrackCounters } from '../../../src/contracts/rollouts/traffic.ts';
import { startLoad } from '../../../scripts/load/load-client.ts';
import { fencesOf, PlatformProcess, readiness, refTo, shop } from '../platform-process.ts';
import { countersOf } from '../../fixtures/counters-of.ts';

const platform = new PlatformProcess();
const { adapter } = platform;
const inProcess = { version: 'v1', inProcess: { status: 200 } };

beforeAll(() => platform.start());
afterAll(() => platform.clear());

async function traffic(
  ref: ReturnType<typeof refTo>,
  isComplete: (tracks: Record<Track, TrackCounters>) => boolean,
): Promise<Record<Track, TrackCounters>> {
  return vi.waitUntil(
    async () => {
      const snapshot = await adapter.readTraffic(ref);
      const tracks = {
        stable: countersOf(snapshot, 'stable'),
        canary: countersOf(snapshot, 'canary'),
      };
      return isComplete(tracks) && tracks;
    },
    { timeout: 20_000, interval: 20 },
  );
}

async function get(url = '', init?: RequestInit) {
  const response = await fetch(url, init);
  return { status: response.status, body: await response.text() };
}

test('a service without a release answers 503 with the reason', async () => {
  const { url } = await adapter.claim(refTo('empty'), fencesOf('r1').next(), 'w', 'canary');
  const { status, body } = await get(url);
  expect(status).toBe(503);
  expect(body).toContain('no release of this service is running');
});

test('traffic is split at random by the weight, and counted by track', async () => {
  const ref = refTo('split');
  const { url = '' } = await platform.firstRelease(ref, inProcess, 1);
  const fences = fencesOf('r2');
  await adapter.claim(ref, fences.next(), 'w', 'canary');
  const release = { version: 'v2', inProcess: { status: 500 } };
  await adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });
  await adapter.setWeight(ref, fences.next(), 20);
  const load = startLoad({ url, ratePerSecond: 200, keepAlive: true });
  await expect.poll(() => load.counts.sent, { timeout: 15_000 }).toBeGreaterThan(600);
  const { sent, byVersion } = await load.stop();

  const { stable, canary } = await traffic(
    ref,
    (now) => now.stable.requests + now.canary.requests === sent,
  );
  expect(stable.requests).toBe(byVersion['v1']);
  expect(canary.requests).toBe(byVersion['v2']);
  expect(canary.errors).toBe(canary.requests);
  expect(stable.errors).toBe(0);
  // Seven standard deviations of a fair split.
  expect(Math.abs(canary.requests / sent - 0.2)).toBeLessThan(7 * Math.sqrt(0.16 / sent));
  expect(stable.latency.counts.at(-1)).toBe(stable.requests);
  expect(stable.latency.boundsMs.at(-1)).toBeNull();
});

test('a canary that becomes stable is counted as stable, and the version it replaced no more', async () => {
  const ref = refTo('promoted-series');
  const { url } = await platform.firstRelease(ref, inProcess, 1);
  await get(url);
  const fences = fencesOf('r2');
  await adapter.claim(ref, fences.next(), 'w', 'canary');
  const release = { version: 'v2', inProcess: { status: 200 } };
  await adapter.applyCanary(ref, fences.next(), { release, replicas: 1, readiness });
  await adapter.setWeight(ref, fences.next(), 100);
  await get(url);
  await adapter.promoteCanary(ref, fences.next());
  await get(url);
  const { canary } = await traffic(ref, ({ stable }) => stable.requests === 1);
  expect(canary.requests).toBe(0);
  const text = (await get(`${platform.runFile()?.url ?? ''}/metrics`)).body;
  expect(text.match(/^# TYPE belay_router_requests_total/gm)).toHaveLength(1);
  expect(text).toContain('service="promoted-series",track="stable",version="v2",code="200"} 1');
  expect(text).not.toMatch(/service="promoted-series",track="stable",version="v1"/);
});

test('injected errors and latency affect only their track', async () => {
  const ref = refTo('faulty');
  const { url } = await platform.firstRelease(ref, inProcess, 1);
  await adapter.injectFaults(ref, { track: 'stable', errorRate: 1, latencyMs: 120 });
  const startedAt = performance.now();
  const { status, body } = await get(url);
  expect(performance.now() - startedAt).toBeGreaterThan(110);
  expect([status, body.includes('injected')]).toEqual([503, true]);
  await traffic(ref, ({ stable }) => stable.requests === 1 && stable.errors === 1);
  await adapter.injectFaults(ref, { track: 'stable' });
  expect((await get(url)).status).toBe(200);
});

test('headers and bodies pass through, also to a replica that replaces a refusing one', async () => {
  const ref = refTo('echo');
  const program = `
    const server = require('http').createServer((q, r) => {
      if (q.url === '/last-words') {
        server.close();
        r.setHeader('connection', 'close');
      }
      let body = ''; q.on('data', (c) => body += c).on('end', () => {
        r.writeHead(201, { 'x-kept': 'yes' }).end(q.method + q.url + body + q.headers['x-sent']);
      });
    }).listen(process.env.PORT, '127.0.0.1')`;
  const release = { version: 'v1', command: [process.execPath, '-e', program] };
  const fences = fencesOf('r1');
  await adapter.claim(ref, fences.next(), 'w', 'canary');
  await adapter.applyCanary(ref, fences.next(), {
    release,
    replicas: 2,
    readiness: { deadlineMs: 1 },
  });
  await platform.canaryReady(ref);
  await adapter.setWeight(ref, fences.next(), 100);
  const { url = '' } = await platform.service(ref);
  const send = (path: string) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body: 'hello '.repeat(10_000),
      headers: { 'x-sent': 'me' },
    });
  const first = await send('/a?b=c');
  expect([first.status, first.headers.get('x-kept')]).toEqual([201, 'yes']);
  expect(await first.text()).toBe(`POST/a?b=c${'hello '.repeat(10_000)}me`);
  await send('/last-words');
  const answers = await Promise.all(
    Array.from({ length: 10 }, async () => (await send('/x')).status),
  );
  expect(answers).toEqual(Array(10).fill(201));
});

test('a replica that dies during a request is an error of its track, a client that leaves is not', async () => {
  const ref = refTo('dying');
  const program = `
    require('http').createServer((q, r) => {
      if (q.url === '/die') { r.write('half'); setTimeout(() => process.exit(1), 20); }
      if (q.url === '/fall') process.exit(1);
    }).listen(process.env.PORT, '127.0.0.1')`;
  const release = { version: 'v1', command: [process.execPath, '-e', program] };
  await platform.firstRelease(ref, shop('v0'), 1);
  const fences = fencesOf('r2');
  await adapter.claim(ref, fences.next(), 'w', 'canary');
  await adapter.applyCanary(ref, fences.next(), {
    release,
    replicas: 3,
    readiness: { deadlineMs: 1 },
  });
  await platform.canaryReady(ref);
  await adapter.setWeight(ref, fences.next(), 100);
  const { url = '' } = await platform.service(ref);

  await expect(get(`${url}/die`)).rejects.toThrow(/terminated|fetch failed/);
  await traffic(ref, ({ canary }) => canary.errors === 1);
  expect(await get(`${url}/fall`)).toMatchObject({ status: 502 });
  await traffic(ref, ({ canary }) => canary.errors === 2);

  const impatient = connect(Number(new URL(url).port), '127.0.0.1', () => {
    impatient.write('GET /wait HTTP/1.1\r\nhost: x\r\n\r\n');
    setTimeout(() => impatient.destroy(), 100);
  });
  const { canary } = await traffic(ref, (now) => now.canary.requests === 3);
  expect(canary.errors).toBe(2);
});
