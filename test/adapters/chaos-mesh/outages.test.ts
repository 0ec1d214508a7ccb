import { describe, expect, it } from 'vitest';
import { injectOutage, removeOutage } from '../../../src/adapters/chaos-mesh/outages.ts';
import type {
  KubernetesObject,
  ObjectMetadata,
} from '../../../src/adapters/kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { OutageOrder } from '../../../src/contracts/chaos/mesh-faults.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';

const order: OutageOrder = {
  act: { runRef: 'run@1', step: 5 },
  target: {
    what: 'of ReplicaSet web',
    pod: {
      ...{ namespace: 'shop', labels: { app: 'web' }, name: 'web-1', uid: 'uid-1', readyBefore: 2 },
      owner: { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' },
    },
    containers: [],
  },
  atMostMs: 89_500,
};
const pause = 'experiment.chaos-mesh.org/pause';

function lacks(code: 'not-found' | 'conflict', what: string): PartError {
  return new PartError('refused', what, { cause: new PlatformError(code, what) });
}

/** One pod, and the PodChaos that was made of it, with what its controller does when it is made. */
class OnePod {
  pod: KubernetesObject | undefined = {
    ...{ apiVersion: 'v1', kind: 'Pod' },
    metadata: { name: 'web-1', namespace: 'shop', uid: 'uid-1', resourceVersion: '1' },
  };
  outage: (KubernetesObject & { spec: Record<string, unknown> }) | undefined;
  chosen = ['shop/web-1'];
  onCreated = async (): Promise<void> => {};

  readonly cluster = {
    get: async ({ resource: { kind } }) => {
      const found = kind === 'Pod' ? this.pod : this.outage;
      if (found === undefined) throw lacks('not-found', `no ${kind}`);
      return found;
    },
    ask: async ({ body }) => {
      if (this.outage !== undefined) throw lacks('conflict', 'it is there');
      const given = body as KubernetesObject & { spec: Record<string, unknown> };
      const records = this.chosen.map((id) => ({ id, phase: 'Not Injected' }));
      const status = { experiment: { desiredPhase: 'Stop', containerRecords: records } };
      this.outage = { ...given, status, metadata: { ...given.metadata, uid: 'uid-chaos' } };
      await this.onCreated();
      return this.outage;
    },
    merge: async ({ resource: { kind } }, patch) => {
      const found = kind === 'Pod' ? this.pod : this.outage;
      if (found === undefined) throw lacks('not-found', `no ${kind}`);
      const { annotations } = (patch as { metadata: ObjectMetadata }).metadata;
      Object.assign(found.metadata, {
        annotations: { ...found.metadata.annotations, ...annotations },
      });
      return found;
    },
    remove: async () => {
      this.outage = undefined;
    },
  } satisfies Partial<PlaybookCluster> as unknown as PlaybookCluster;

  get isPaused(): boolean {
    return this.outage?.metadata.annotations?.[pause] === 'true';
  }
}

const admit = async () => {};
const refuse = async () => {
  throw new PartError('refused', 'another fault is there');
};

describe('an outage', () => {
  it('is let go once Chaos Mesh has chosen the pod, and ends by itself soon after its time', async () => {
    const shop = new OnePod();
    shop.onCreated = async () => expect(shop.isPaused).toBe(true);
    await injectOutage(shop.cluster, order, admit);
    expect(shop.isPaused).toBe(false);
    expect(shop.outage).toMatchObject({
      metadata: { namespace: 'shop', name: expect.stringMatching(/^belay-[0-9a-f]{8}$/) as string },
      spec: { action: 'pod-failure', duration: '90s', selector: { pods: { shop: ['web-1'] } } },
    });
  });

  it('goes on with what an earlier attempt has made', async () => {
    const shop = new OnePod();
    await injectOutage(shop.cluster, order, admit);
    // By now its own images are replaced, and nothing is as it was examined.
    await injectOutage(shop.cluster, order, refuse);
    expect(shop.isPaused).toBe(false);
  });

  it('is not let go where something has appeared since it was examined, and is taken away', async () => {
    const shop = new OnePod();
    const refused = injectOutage(shop.cluster, order, async () => {
      expect(shop.isPaused).toBe(true);
      await refuse();
    });
    await expect(refused).rejects.toThrow('another fault is there');
    expect(shop.outage).toBeUndefined();
  });

  it('is taken away again where it was removed while it was being made', async () => {
    const shop = new OnePod();
    shop.onCreated = async () => {
      const made = shop.outage;
      await removeOutage(shop.cluster, order);
      // The answer to the deletion came before the object was there.
      shop.outage = made;
    };
    const late = injectOutage(shop.cluster, order, admit);
    await expect(late).rejects.toMatchObject({ code: 'stale-fence' });
    expect(shop.outage).toBeUndefined();
  });

  it('is not let go where Chaos Mesh has chosen more than the one pod', async () => {
    const shop = new OnePod();
    shop.chosen = ['shop/web-1', 'shop/web-2'];
    const refused = injectOutage(shop.cluster, order, admit);
    await expect(refused).rejects.toThrow('has chosen shop/web-1 and shop/web-2');
    expect(shop.outage).toBeUndefined();
  });

  it('is not let go where another pod has taken the name of the one that was chosen', async () => {
    const shop = new OnePod();
    shop.onCreated = async () => {
      Object.assign(shop.pod!.metadata, { uid: 'uid-2' });
    };
    const refused = injectOutage(shop.cluster, order, admit);
    await expect(refused).rejects.toThrow('it ended by itself before it was hit');
    expect(shop.outage).toBeUndefined();
  });

  it('is not made after it was removed', async () => {
    const shop = new OnePod();
    await removeOutage(shop.cluster, order);
    const late = injectOutage(shop.cluster, order, admit);
    await expect(late).rejects.toMatchObject({ code: 'stale-fence' });
    expect(shop.outage).toBeUndefined();
  });
});
