import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createTrafficActivities } from '../../../../activities/rollouts/routing.ts';
import { createWorkloadActivities } from '../../../../activities/rollouts/workload.ts';
import type { ServiceRef } from '../../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../../src/contracts/rollouts/platform.ts';
import { MemoryPlatform } from '../../../fakes/memory-platform.ts';

const shop: ServiceRef = { service: 'shop', environment: 'demo', target: { platform: 'local' } };
const fence = { rolloutId: '20261121T101500-0a1b2c3d', step: 1 };

/** Every undo of a platform that answers each act with this. */
function undosOf(platform: MemoryPlatform, error: PlatformError) {
  const fail = () => Promise.reject(error);
  Object.assign(platform, { setWeight: fail, removeCanary: fail, restoreReplaced: fail });
  const platforms = { local: platform, kubernetes: new MemoryPlatform() };
  const { restoreStable } = createTrafficActivities(platforms);
  const { removeCanary, restoreReplaced } = createWorkloadActivities(platforms);
  const context = () => new MockActivityEnvironment();
  return [restoreStable, removeCanary, restoreReplaced].map(
    (undo) => () =>
      context().run<[ServiceRef, typeof fence], unknown, typeof undo>(undo, shop, fence),
  );
}

const gone = new PlatformError('not-found', 'there is no shop');

test('a service that is gone has nothing left to undo', async () => {
  const undos = undosOf(new MemoryPlatform(), gone);
  const answers = await Promise.all(undos.map((undo) => undo()));
  expect(answers).toEqual([undefined, undefined, 'done']);
});

test('an undo that misses something else of a service that is there has failed', async () => {
  const platform = new MemoryPlatform();
  platform.serve(shop, { version: 'v1' });
  for (const undo of undosOf(platform, gone)) await expect(undo()).rejects.toThrow('there is no');
});

test('an undo that is refused has failed, though the service is gone', async () => {
  const refused = new PlatformError('conflict', 'someone else holds it');
  for (const undo of undosOf(new MemoryPlatform(), refused))
    await expect(undo()).rejects.toThrow('someone else holds it');
});
