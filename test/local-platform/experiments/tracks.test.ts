import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createLocalTracks } from '../../../src/adapters/chaos/local-tracks.ts';
import { locateLocalPlatform } from '../../../src/adapters/local-platform/locate.ts';
import { homeLayout } from '../../../src/config/home.ts';
import type { TracksState } from '../../../src/contracts/chaos/service-tracks.ts';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import { judgeTrackFault } from '../../../src/policies/chaos/tracks/judge-track-fault.ts';
import { platformLayout } from '../../../src/local-platform/state/layout.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { fencesOf, PlatformProcess, refTo, shop } from '../platform-process.ts';

const platform = new PlatformProcess();
const tracks = createLocalTracks(
  locateLocalPlatform({
    home: platform.home,
    localPlatform: { tokenFile: homeLayout(platform.home).platformToken },
  }),
);
/** What no request takes because the machine is busy. */
const lateMs = 1_500;
const inProcess = { version: 'v1', inProcess: { status: 200 as const } };

beforeAll(() => platform.start());
afterAll(() => platform.clear());

let count = 0;
let name: { environment: string; service: string };
let ref: ServiceRef;
let fences: ReturnType<typeof fencesOf>;

beforeEach(() => {
  count += 1;
  name = { environment: 'test', service: `shop-${count}` };
  ref = { ...refTo(name.service), target: { platform: 'local', chaos: 'allowed' } };
  fences = fencesOf(`chaos/test/${name.service}`);
});

const order = (fence: Fence, more: object = {}) => ({
  ...{ fence, share: 0.5, replicas: 1, boundsMs: [lateMs] },
  ...{ keepMs: 20_000, longestMs: 60_000 },
  ...more,
});

const latency = { type: 'latency' as const, delayMs: 2 * lateMs, jitterMs: 0 };

const injection = (fence: Fence, more: object = {}) => ({
  ...{ fence, fault: latency, forMs: 20_000, durationMs: 20_000, mostRequests: 1_000 },
  ...more,
});

async function readTracks(): Promise<TracksState> {
  const found = (await tracks.readFacts(name))?.tracks;
  if (found === undefined) throw new Error('there are no tracks');
  return found;
}

async function opened(more: object = {}): Promise<Fence> {
  const fence = fences.next();
  await tracks.openTracks(name, order(fence, more));
  await eventually(async () => expect((await readTracks()).isRouted).toBe(true));
  return fence;
}

/** Each takes how long, in milliseconds. */
async function ask(url = '', times = 20): Promise<number[]> {
  return Promise.all(
    Array.from({ length: times }, async () => {
      const sentMs = performance.now();
      await (await fetch(url)).text();
      return performance.now() - sentMs;
    }),
  );
}

const slow = (took: number[]) => took.filter((ms) => ms > lateMs).length;

test('two tracks run stable, the fault is in one of them, and both end with their run', async () => {
  const { url } = await platform.firstRelease(ref, shop('v1'), 1);
  await opened();
  expect(slow(await ask(url, 40))).toBe(0);
  const lease = fences.next();
  await tracks.injectFault(name, injection(lease));
  const late = slow(await ask(url, 40));
  expect(late).toBeGreaterThan(5);
  expect(late).toBeLessThan(35);
  const facts = await tracks.readFacts(name);
  expect(judgeTrackFault(facts, lease, { ...latency, delayMs: 9_000 })).toMatchObject({
    isEffective: false,
  });
  const { tallies, fault, version } = await readTracks();
  expect(version).toBe('v1');
  expect(fault).toMatchObject({ disturbed: late, since: { experiment: { slower: [late] } } });
  expect(fault?.since.control.slower).toEqual([0]);
  expect(tallies.experiment.requests + tallies.control.requests).toBe(80);

  await tracks.removeFault(name, lease);
  expect(slow(await ask(url))).toBe(0);
  // One that is late, and one that is repeated, change nothing.
  await expect(tracks.injectFault(name, injection(lease))).rejects.toMatchObject({
    code: 'stale-fence',
  });
  await tracks.closeTracks(name, fences.next());
  const { stable, remarks } = await platform.service(ref);
  expect([stable?.replicas.length, remarks]).toEqual([1, undefined]);
  await expect(tracks.openTracks(name, order(lease))).rejects.toMatchObject({
    code: 'stale-fence',
  });
});

test('a fault ends without its run when its lease is over, and waits no longer', async () => {
  const { url } = await platform.firstRelease(ref, inProcess, 1);
  await opened();
  const delayed = { fault: { ...latency, delayMs: 60_000 }, forMs: 3_000 };
  await tracks.injectFault(name, injection(fences.next(), delayed));
  const took = await ask(url, 40);
  const { disturbed, ended } = (await readTracks()).fault ?? {};
  expect(disturbed).toBeGreaterThan(0);
  expect(Math.max(...took)).toBeLessThan(delayed.fault.delayMs);
  expect(ended).toBe('lease');
});

test('a fault ends with the last request that it may disturb', async () => {
  const { url } = await platform.firstRelease(ref, inProcess, 1);
  await opened();
  await tracks.injectFault(name, injection(fences.next(), { mostRequests: 3 }));
  expect(slow(await ask(url, 60))).toBeLessThanOrEqual(3);
  expect((await readTracks()).fault).toMatchObject({ ended: 'budget', disturbed: 3 });
});

test('errors are injected into their share of the experiment alone', async () => {
  const { url = '' } = await platform.firstRelease(ref, inProcess, 1);
  await opened();
  const fault = { type: 'error' as const, share: 1 };
  await tracks.injectFault(name, injection(fences.next(), { fault }));
  const codes = await Promise.all(
    Array.from({ length: 40 }, async () => (await fetch(url)).status),
  );
  const { since } = (await readTracks()).fault ?? {};
  expect(since?.experiment.failed).toBe(codes.filter((code) => code === 503).length);
  expect(since).toMatchObject({ control: { failed: 0 } });
});

test('one replica of the experiment is stopped until the lease is over, another one is killed', async () => {
  await platform.firstRelease(ref, shop('v1'), 1);
  await opened({ replicas: 2 });
  const freeze = fences.next();
  await tracks.injectFault(name, injection(freeze, { fault: { type: 'freeze' }, forMs: 3_000 }));
  const seen = async (lease: Fence, type: 'freeze' | 'crash') =>
    judgeTrackFault(await tracks.readFacts(name), lease, { type });
  await eventually(async () => {
    expect(await seen(freeze, 'freeze')).toMatchObject({ isEffective: true, isThere: true });
  });
  await eventually(async () => {
    expect(await seen(freeze, 'freeze')).toMatchObject({ isThere: false, isTargetRunning: true });
  });
  const crash = fences.next();
  await tracks.injectFault(name, injection(crash, { fault: { type: 'crash' } }));
  await eventually(async () => {
    expect(await seen(crash, 'crash')).toMatchObject({ isEffective: true, isTargetRunning: true });
  });
  expect((await readTracks()).fault?.replica).toMatchObject({ state: 'gone' });
});

test('tracks that nobody asks for end by themselves', async () => {
  await platform.firstRelease(ref, inProcess, 1);
  await opened({ keepMs: 1_000 });
  await eventually(async () => {
    expect(await tracks.readFacts(name)).not.toHaveProperty('tracks');
  });
});

test('neither tracks nor fault outlive a platform that was killed', async () => {
  const { url } = await platform.firstRelease(ref, shop('v1'), 1);
  const fence = await opened();
  await tracks.injectFault(name, injection(fences.next()));
  expect(slow(await ask(url, 40))).toBeGreaterThan(0);
  await platform.end('SIGKILL');
  await platform.start();
  await eventually(async () => {
    const { stable } = await platform.service(ref);
    expect(stable?.replicas[0]?.ready).toBe(true);
  });
  expect(slow(await ask(url, 40))).toBe(0);
  expect(await tracks.keepTracks(name, fence)).not.toHaveProperty('tracks');
  const { processes } = platformLayout(platform.home).service(name.environment, name.service);
  const left = JSON.parse(readFileSync(processes, 'utf8')) as object;
  expect(Object.keys(left)).toEqual([`${name.service}-1-1`]);
  await expect(tracks.injectFault(name, injection(fences.next()))).rejects.toThrow(
    'has no tracks here',
  );
  await expect(tracks.openTracks(name, order(fence))).rejects.toThrow('comes too late');
});

test('a service whose release does not allow it has no tracks', async () => {
  await platform.firstRelease(refTo(name.service), inProcess, 1);
  expect(await tracks.readFacts(name)).toMatchObject({ isAllowed: false });
  await expect(tracks.openTracks(name, order(fences.next()))).rejects.toMatchObject({
    ...{ code: 'refused', message: 'its release does not allow experiments' },
  });
  expect(await tracks.readFacts({ ...name, service: 'nothing' })).toBeUndefined();
  await tracks.closeTracks({ ...name, service: 'nothing' }, fences.next());
});
