/** A worker dies right after each write of each act in turn; another one carries the act on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OwnedClusterApi } from '../../src/adapters/kubernetes-api/create-cluster-api.ts';
import type { KubernetesTarget } from '../../src/specs/rollouts/kubernetes-target.ts';
import { describeOnCluster, newNamespace, theCluster } from '../fixtures/cluster.ts';
import { Died, doomedAfter } from '../fixtures/doomed-cluster.ts';
import { shopObjects } from '../fixtures/shop-objects.ts';
import { openCluster, ShopRollout } from '../fixtures/shop-rollout.ts';
import { applyShop } from '../fixtures/shop.ts';

type Story = (shop: ShopRollout, act: DoAct) => Promise<void>;
/** One act, by its name, with a fence of its own. */
type DoAct = <T>(act: (fence: ReturnType<ShopRollout['fence']>) => Promise<T>) => Promise<T>;

const toFull: Story = async (shop, act) => {
  await act((fence) => shop.claim(fence));
  for (const weight of [50, 100]) {
    const { replicas } = await act((fence) => shop.apply('v2', weight, fence));
    await shop.canaryReady(replicas);
    await act((fence) => shop.setWeight(weight, fence));
  }
};

const end: Story = async (shop, act) => {
  await shop.complete();
  await act((fence) => shop.settle(fence));
  await act((fence) => shop.setWeight(0, fence));
  await act((fence) => shop.removeCanary(fence));
  await act((fence) => shop.releaseService(fence));
};

const undoneBeforeTheCommit: Story = async (shop, act) => {
  await toFull(shop, act);
  await act((fence) => shop.setWeight(0, fence));
  await act((fence) => shop.removeCanary(fence));
  await act((fence) => shop.releaseService(fence));
};

/** Labels that the release does not have: the Deployment replaces its own pods. */
const unadoptable = { labels: { team: 'shop' } };

const promotion: Story = async (shop, act) => {
  await toFull(shop, act);
  await act((fence) => shop.promote(fence));
  await shop.complete();
  await act((fence) => shop.settle(fence));
  await act((fence) => shop.releaseService(fence));
};

/** To the release before, which the Deployment keeps. */
const andBack: Story = async (shop, act) => {
  await promotion(shop, act);
  await act((fence) => shop.claim(fence));
  const { replicas } = await act((fence) => shop.apply('v1', 100, fence));
  await shop.canaryReady(replicas);
  await act((fence) => shop.setWeight(100, fence));
  await act((fence) => shop.promote(fence));
  await shop.complete();
  await act((fence) => shop.settle(fence));
  await act((fence) => shop.releaseService(fence));
};

const revert: Story = async (shop, act) => {
  await toFull(shop, act);
  await act((fence) => shop.promote(fence));
  await act((fence) => shop.revert(fence));
  await end(shop, act);
};

type Told = [string, Story, Partial<KubernetesTarget>];
const longest: Told = ['promotion and the next, back,', andBack, {}];
const stories: Told[] = [
  ['promotion', promotion, {}],
  ...(process.env['BELAY_PROOFS'] === undefined ? [] : [longest]),
  ['promotion without adoption', promotion, unadoptable],
  ['abort', undoneBeforeTheCommit, {}],
  ['revert', revert, unadoptable],
];

describeOnCluster('a worker that dies', [], () => {
  let first: OwnedClusterApi;
  let second: OwnedClusterApi;
  beforeAll(async () => {
    await theCluster().addFakeNodes(1);
    [first, second] = await Promise.all([openCluster(), openCluster()]);
  });
  afterAll(() => {
    first.close();
    second.close();
  });

  /** Plays a story with a first worker that dies after this write. Answers its writes, and what is left. */
  const play = async (story: Story, target: Partial<KubernetesTarget>, write: number) => {
    const namespace = await newNamespace('crash');
    await applyShop(namespace, { version: 'v1', replicas: 3, fake: true });
    const doomed = doomedAfter(first, write);
    const shop = new ShopRollout(doomed, namespace, { proxySettleMs: 50, target });
    await story(shop, async (act) => {
      const fence = shop.fence();
      try {
        return await act(fence);
      } catch (error) {
        if (!(error instanceof Died)) throw error;
        shop.goOnWith(second);
        return act(fence);
      }
    });
    return { writes: doomed.writes(), isDead: doomed.isDead(), left: await shopObjects(namespace) };
  };

  test.each(stories)(
    'after any write of a %s leaves nothing that another does not finish',
    async (_name, story, target) => {
      const undisturbed = await play(story, target, Infinity);
      expect(undisturbed.writes.length).toBeGreaterThan(8);
      const struck = undisturbed.writes.map((_write, index) => index + 1);
      const atOnce = 6;
      for (let from = 0; from < struck.length; from += atOnce) {
        const batch = struck.slice(from, from + atOnce);
        const ends = await Promise.all(
          batch.map(async (write) => ({ write, ...(await play(story, target, write)) })),
        );
        for (const { write, isDead, left } of ends) {
          expect(isDead).toBe(true);
          expect(left, `after ${undisturbed.writes[write - 1]}`).toEqual(undisturbed.left);
        }
      }
    },
  );
});
