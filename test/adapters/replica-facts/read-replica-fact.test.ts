import { expect, test } from 'vitest';
import { readReplicaFact } from '../../../src/adapters/replica-facts/read-replica-fact.ts';
import { SourceError, type ReadSubject } from '../../../src/contracts/rollouts/metric-reader.ts';
import { PlatformError, type Platform } from '../../../src/contracts/rollouts/platform.ts';
import type { ReplicaFact } from '../../../src/specs/rollouts/metric-source.ts';
import { MemoryPlatform } from '../../fakes/memory-platform.ts';

const ref = { service: 'shop', environment: 'test', target: { platform: 'local' as const } };
const canary: ReadSubject = { ref, version: 'v2', track: 'canary' };
const stable: ReadSubject = { ...canary, track: 'stable' };

async function shopWithCanary(): Promise<MemoryPlatform> {
  const platform = new MemoryPlatform();
  platform.serve(ref, { version: 'v1' }, 3);
  const fence = { rolloutId: 'r1', step: 1 };
  await platform.claim(ref, fence, 'rollout/test/shop');
  await platform.applyCanary(ref, fence, {
    release: { version: 'v2' },
    replicas: 2,
    readiness: { deadlineMs: 1_000 },
  });
  return platform;
}

function read(
  fact: ReplicaFact,
  platform: Pick<Platform, 'readService'>,
  subject = canary,
  timeoutMs = 1_000,
) {
  return readReplicaFact(fact, subject, { platform, timeoutMs });
}

test('a canary whose replicas restart shows in their sum, beside stable', async () => {
  const platform = await shopWithCanary();
  platform.state(ref).canary!.replicas.forEach((replica, i) => (replica.restarts = i + 1));
  platform.state(ref).stable!.replicas[0]!.restarts = 1;
  expect(await read('restarts', platform)).toEqual({
    kind: 'value',
    values: { stable: 1, canary: 3 },
  });
});

test('a canary without restarts has 0, which is data', async () => {
  expect(await read('restarts', await shopWithCanary())).toEqual({
    kind: 'value',
    values: { stable: 0, canary: 0 },
  });
});

test('counts the replicas that are not ready', async () => {
  const platform = await shopWithCanary();
  platform.state(ref).canary!.replicas[0]!.ready = false;
  expect(await read('unready', platform)).toEqual({
    kind: 'value',
    values: { stable: 0, canary: 1 },
  });
});

test('a replica that cannot even be created is not ready either', async () => {
  const platform = await shopWithCanary();
  platform.state(ref).canary!.replicas.pop();
  expect(await read('unready', platform)).toEqual({
    kind: 'value',
    values: { stable: 0, canary: 1 },
  });
});

test('one more than wanted that is not ready counts, as in the middle of an update', async () => {
  const platform = await shopWithCanary();
  const { replicas } = platform.state(ref).stable!;
  replicas.push({ ...replicas[0]!, name: 'v2-0', ready: false });
  expect(await read('unready', platform, stable)).toEqual({
    kind: 'value',
    values: { stable: 1, canary: 0 },
  });
});

test('stable is read alone where there is no canary', async () => {
  const platform = new MemoryPlatform();
  platform.serve(ref, { version: 'v1' }, 2);
  expect(await read('restarts', platform, stable)).toEqual({
    kind: 'value',
    values: { stable: 0 },
  });
});

test('a canary that is not there is no data, whatever stable has', async () => {
  const platform = new MemoryPlatform();
  platform.serve(ref, { version: 'v1' }, 2);
  expect(await read('restarts', platform)).toEqual({
    kind: 'nothing',
    reason: 'shop has no canary',
  });
});

test('a canary without replicas has not restarted 0 times: no data, and why', async () => {
  const platform = await shopWithCanary();
  Object.assign(platform.state(ref).canary!, { replicas: [], trouble: 'quota exceeded' });
  expect(await read('restarts', platform)).toEqual({
    kind: 'nothing',
    reason: 'the canary of shop has no replicas: quota exceeded',
  });
});

test('a canary that wants no replicas is no data for readiness', async () => {
  const platform = await shopWithCanary();
  Object.assign(platform.state(ref).canary!, { replicas: [], wanted: 0 });
  expect(await read('unready', platform)).toEqual({
    kind: 'nothing',
    reason: 'the canary of shop has no replicas',
  });
});

test('a service that the platform does not know is no data', async () => {
  expect(await read('unready', new MemoryPlatform())).toEqual({
    kind: 'nothing',
    reason: 'the platform knows no shop',
  });
});

test.each(['unavailable', 'unauthorized', 'invalid'] as const)(
  'a platform that answers %s is an error of the source, in its words',
  async (code) => {
    const platform = { readService: () => Promise.reject(new PlatformError(code, 'no route')) };
    await expect(read('restarts', platform)).rejects.toThrow(
      new SourceError('the platform did not list its replicas: no route'),
    );
  },
);

test('a platform that does not answer in time is an error of the source', async () => {
  const platform = { readService: () => new Promise<never>(() => {}) };
  await expect(read('restarts', platform, canary, 50)).rejects.toThrow(
    new SourceError('the platform did not list its replicas within 50ms'),
  );
});

test('a mistake of ours stays one', async () => {
  const platform = { readService: () => Promise.reject(new TypeError('x is undefined')) };
  await expect(read('restarts', platform)).rejects.toThrow(TypeError);
});
