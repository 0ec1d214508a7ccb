/** What every adapter of `Platform` keeps to, whatever it stands on. */
import { beforeEach, expect, test } from 'vitest';
import type { Fence } from '../../../src/contracts/kernel/fence.ts';
import type {
  Platform,
  PlatformErrorCode,
  ServiceRef,
} from '../../../src/contracts/rollouts/platform.ts';
import type { Release } from '../../../src/specs/rollouts/release.ts';
import { eventually } from '../../fixtures/eventually.ts';

export interface PlatformUnderTest {
  platform: Platform;
  /** A service of its own that serves `v1` with two replicas and that no rollout holds. */
  serving: () => Promise<ServiceRef>;
  release: (version: string) => Release;
  /** A release whose replicas never become ready. */
  neverReady: (version: string) => Release;
}

/** Whatever brought the first release out has numbered its steps by the clock as well. */
const aheadMs = 1_000;
const workflowId = 'rollout/test/contract';
const readiness = { path: '/health', deadlineMs: 60_000 };

/** Registers the tests of the contract; call it within a `describe`. */
export function keepsThePlatformContract(underTest: () => PlatformUnderTest): void {
  let ref: ServiceRef;
  let step = 0;
  const fenceOf = (rolloutId: string): Fence => ({
    rolloutId,
    step: (step = Math.max(step + 1, Date.now() + aheadMs)),
  });
  const ours = () => fenceOf('ours');
  const theirs = () => fenceOf('theirs');
  const act = () => underTest().platform;
  const read = async () => {
    const state = await act().readService(ref);
    if (state === undefined) throw new Error(`there is no ${ref.service}`);
    return state;
  };
  const claim = (fence = ours()) => act().claim(ref, fence, workflowId, 'canary');
  const apply = (release: Release, fence = ours()) =>
    act().applyCanary(ref, fence, { release, replicas: 2, readiness });
  const canaryReady = () =>
    eventually(async () => {
      const ready = (await read()).canary?.replicas.filter((one) => one.ready) ?? [];
      if (ready.length !== 2) throw new Error(`${ready.length} of 2 canary replicas are ready`);
    });
  const bringUp = async (version: string) => {
    await apply(underTest().release(version));
    await canaryReady();
  };
  const refused = (call: Promise<unknown>, ...codes: PlatformErrorCode[]) =>
    expect(call).rejects.toMatchObject({
      name: 'PlatformError',
      code: expect.toSatisfy((code: PlatformErrorCode) => codes.includes(code)),
    });

  beforeEach(async () => {
    ref = await underTest().serving();
  });

  test('a claim owns the service, and releasing it gives it back', async () => {
    const fence = ours();
    expect((await claim(fence)).owner).toEqual({ ...fence, workflowId, kind: 'canary' });
    const owned = await act().listOwned();
    expect(owned.filter(({ service, environment }) => isOf({ service, environment }))).toHaveLength(
      1,
    );
    await act().releaseService(ref, ours());
    expect((await read()).owner).toBeUndefined();
  });

  test('the same claim again is accepted, and one of a lower step is not', async () => {
    const early = ours();
    const fence = ours();
    await claim(fence);
    await claim(fence);
    await refused(claim(early), 'stale-fence');
  });

  test('another rollout claims with a higher step, and not with an equal one', async () => {
    const fence = ours();
    await claim(fence);
    await refused(claim({ ...fence, rolloutId: 'theirs' }), 'stale-fence');
    expect((await read()).owner?.rolloutId).toBe('ours');
    expect((await claim(theirs())).owner?.rolloutId).toBe('theirs');
    await refused(apply(underTest().release('v2')), 'stale-fence');
  });

  test('an act on the traffic that a later one has overtaken is refused', async () => {
    await claim();
    await bringUp('v2');
    const late = ours();
    await act().setWeight(ref, ours(), 100);
    await refused(act().setWeight(ref, late, 50), 'stale-fence');
    await refused(act().promoteCanary(ref, late), 'stale-fence');
    expect((await read()).canaryWeight).toBe(100);
    expect((await read()).stable?.release.version).toBe('v1');
  });

  test('releasing what another rollout owns does nothing', async () => {
    await claim();
    await act().releaseService(ref, theirs());
    expect((await read()).owner?.rolloutId).toBe('ours');
  });

  test('releasing twice has the effect of releasing once', async () => {
    await claim();
    await act().releaseService(ref, ours());
    await act().releaseService(ref, ours());
    expect((await read()).owner).toBeUndefined();
  });

  test('a canary gets traffic only once a replica of it is ready', async () => {
    await claim();
    await refused(act().setWeight(ref, ours(), 50), 'conflict');
    await apply(underTest().neverReady('v2'));
    await refused(act().setWeight(ref, ours(), 50), 'unavailable');
    expect((await read()).canaryWeight).toBe(0);
  });

  test('the canary of another release stays until it is removed', async () => {
    await claim();
    await bringUp('v2');
    await refused(apply(underTest().release('v3')), 'conflict');
    expect((await read()).canary?.release.version).toBe('v2');
  });

  test('the same canary again changes nothing', async () => {
    await claim();
    const fence = ours();
    await apply(underTest().release('v2'), fence);
    expect(await apply(underTest().release('v2'), fence)).toEqual({ replicas: 2 });
    await canaryReady();
  });

  test('a canary with weight is not removed, and one without is', async () => {
    await claim();
    await bringUp('v2');
    await act().setWeight(ref, ours(), 100);
    await refused(act().removeCanary(ref, ours()), 'conflict');
    await act().setWeight(ref, ours(), 0);
    await act().removeCanary(ref, ours());
    await act().removeCanary(ref, ours());
    expect((await read()).canary).toBeUndefined();
    expect((await read()).stable?.release.version).toBe('v1');
  });

  test('a canary is promoted at weight 100 alone', async () => {
    await claim();
    await bringUp('v2');
    await refused(act().promoteCanary(ref, ours()), 'conflict');
    await act().setWeight(ref, ours(), 50);
    await refused(act().promoteCanary(ref, ours()), 'conflict');
    expect((await read()).stable?.release.version).toBe('v1');
  });

  test('a promotion makes the canary stable, and the same again changes nothing', async () => {
    await claim();
    await bringUp('v2');
    await act().setWeight(ref, ours(), 100);
    const fence = ours();
    await act().promoteCanary(ref, fence);
    if ((await act().promoteCanary(ref, fence)) === 'under-way') {
      await eventually(async () => {
        const { update } = await read();
        if (update?.complete !== true) throw new Error(JSON.stringify(update));
      });
      await act().settlePromotion(ref, ours());
    }
    await act().releaseService(ref, ours());
    const { stable, canary, canaryWeight, kept } = await read();
    expect(stable?.release.version).toBe('v2');
    expect(canary).toBeUndefined();
    expect(canaryWeight).toBe(0);
    expect(kept[0]?.release.version).toBe('v1');
  });

  test('there is no promotion without a canary', async () => {
    await claim();
    await refused(act().promoteCanary(ref, ours()), 'conflict');
  });

  test('an unknown service is undefined, and releasing it is a success', async () => {
    const unknown = { ...ref, service: 'nobody' };
    expect(await act().readService(unknown)).toBeUndefined();
    await act().releaseService(unknown, ours());
  });

  function isOf(one: { service: string; environment: string }): boolean {
    return one.service === ref.service && one.environment === ref.environment;
  }
}
