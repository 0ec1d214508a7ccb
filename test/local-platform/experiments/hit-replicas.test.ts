import { writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createTrackWatchActivities } from '../../../activities/chaos/track-watch.ts';
import { createLocalTracks } from '../../../src/adapters/chaos/local-tracks.ts';
import { locateLocalPlatform } from '../../../src/adapters/local-platform/locate.ts';
import { homeLayout } from '../../../src/config/home.ts';
import type { Observation } from '../../../src/contracts/chaos/observation.ts';
import type { TracksState } from '../../../src/contracts/chaos/service-tracks.ts';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type { ServiceRef } from '../../../src/contracts/rollouts/platform.ts';
import type { TrackFault } from '../../../src/specs/chaos/fault.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { fencesOf, PlatformProcess, refTo, shop } from '../platform-process.ts';

const platform = new PlatformProcess();
const tracks = createLocalTracks(
  locateLocalPlatform({
    home: platform.home,
    localPlatform: { tokenFile: homeLayout(platform.home).platformToken },
  }),
);
const thanMs = 500;

beforeAll(() => platform.start());
afterAll(() => platform.clear());

let count = 0;
let name: { environment: string; service: string };
let ref: ServiceRef;
let fences: ReturnType<typeof fencesOf>;

beforeEach(() => {
  count += 1;
  name = { environment: 'test', service: `hit-${count}` };
  ref = { ...refTo(name.service), target: { platform: 'local', chaos: 'allowed' } };
  fences = fencesOf(`chaos/test/${name.service}`);
});

async function readTracks(): Promise<TracksState> {
  const found = (await tracks.readFacts(name))?.tracks;
  if (found === undefined) throw new Error('there are no tracks');
  return found;
}

async function opened(replicas: number): Promise<Fence> {
  const fence = fences.next();
  await tracks.openTracks(name, {
    ...{ fence, share: 0.5, replicas, boundsMs: [thanMs] },
    ...{ keepMs: 60_000, longestMs: 120_000 },
  });
  await eventually(async () => expect((await readTracks()).isRouted).toBe(true));
  return fence;
}

const inject = (fault: TrackFault, mostRequests: number) =>
  tracks.injectFault(name, {
    ...{ fence: fences.next(), fault, forMs: 30_000, durationMs: 30_000, mostRequests },
  });

const statusesOf = (url: string, times: number) =>
  Promise.all(Array.from({ length: times }, async () => (await fetch(url)).status));

/** As a run samples them once the fault is over. */
async function watch(fence: Fence): Promise<Observation> {
  const { watchTracks } = createTrackWatchActivities(tracks);
  const test = { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 };
  const quick = { name: 'quick', source: { of: 'slow' as const, thanMs, test }, limits: {} };
  return new MockActivityEnvironment().run(() =>
    watchTracks({
      ...{ metrics: [quick], everyMs: 100, forMs: 1_000, stops: [] },
      tracks: { ...name, fence },
    }),
  );
}

test('what a crash leaves undone for good harms nobody any more once it has used up its requests', async () => {
  const stop = join(platform.home, 'stop');
  const { command = [], ...release } = shop('v1');
  const once = ['sh', '-c', `[ -e ${stop} ] && exit 1; exec "$0" "$@"`, ...command];
  const { url = '' } = await platform.firstRelease(ref, { ...release, command: once }, 1);
  const fence = await opened(1);
  writeFileSync(stop, '');
  await inject({ type: 'crash' }, 5);
  await eventually(async () => {
    await statusesOf(url, 10);
    expect((await readTracks()).fault).toMatchObject({ ended: 'budget', disturbed: 5 });
  });
  expect(await statusesOf(url, 40)).toEqual(Array(40).fill(200));
  const { ready, tallies } = await readTracks();
  expect(ready.experiment).toBe(0);
  // What it could not have answered has failed all the same.
  expect(tallies.experiment.failed).toBeGreaterThan(10);

  await tracks.removeFault(name, fences.next());
  expect((await readTracks()).fault).toMatchObject({ ended: 'budget' });
  const { samples, stopped } = await watch(fence);
  expect(stopped).toBeUndefined();
  expect(samples['quick']?.length).toBeGreaterThan(3);
});

test('requests of a connection that is older than the fault meet it, too', async () => {
  const { url = '' } = await platform.firstRelease(ref, shop('v1'), 1);
  await opened(1);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = () =>
    new Promise<[status: number | undefined, port: number | undefined]>((resolve, reject) => {
      get(url, { agent }, (response) => {
        const port = response.socket.localPort;
        response.resume().once('end', () => resolve([response.statusCode, port]));
      }).once('error', reject);
    });
  const [, port] = await ask();
  await inject({ type: 'error', share: 1 }, 1_000);
  const answers = [];
  for (let asked = 0; asked < 40; asked += 1) answers.push(await ask());
  agent.destroy();
  expect(new Set(answers.map(([, own]) => own))).toEqual(new Set([port]));
  expect(answers.filter(([status]) => status === 503).length).toBeGreaterThan(5);
});

test('requests that hang in a replica that is frozen are slow before anybody answers them', async () => {
  const { url = '' } = await platform.firstRelease(ref, shop('v1'), 1);
  await opened(2);
  await inject({ type: 'freeze' }, 1_000);
  const asking = statusesOf(url, 60);
  await eventually(async () => {
    const { since } = (await readTracks()).fault ?? {};
    expect(since?.experiment.hanging).toBeGreaterThan(5);
    expect(since?.experiment.openLonger[0]).toBeGreaterThan(5);
    expect(since?.experiment.slower[0]).toBeGreaterThan(5);
    expect(since?.control).toMatchObject({ hanging: 0, openLonger: [0] });
  });
  await tracks.removeFault(name, fences.next());
  expect(await asking).toEqual(Array(60).fill(200));
  await eventually(async () => {
    const { tallies } = await readTracks();
    expect(tallies.experiment).toMatchObject({ hanging: 0, openLonger: [0] });
    expect(tallies.experiment.slower[0]).toBeGreaterThan(5);
    expect(tallies.experiment.requests + tallies.control.requests).toBe(60);
  });
});
