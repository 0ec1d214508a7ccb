import { describe, expect, it } from 'vitest';
import { openFaultPods } from '../../../src/adapters/chaos/pods.ts';
import type {
  PlaybookCluster,
  PlaybookClusters,
} from '../../../src/adapters/playbooks/kubernetes/cluster.ts';
import type { PodName } from '../../../src/contracts/chaos/pod-faults.ts';
import { PartError } from '../../../src/contracts/kernel/part-error.ts';
import { PlatformError } from '../../../src/contracts/rollouts/platform.ts';

const pod: PodName = {
  ...{ namespace: 'shop', labels: { app: 'web' }, name: 'web-1', uid: 'uid-1', readyBefore: 2 },
  owner: { kind: 'ReplicaSet', name: 'web', uid: 'uid-web' },
};
const act = { runRef: 'run@1', step: 5 };

type End = Awaited<ReturnType<PlaybookCluster['end']>>;

/** A pod that somebody else ends, too: it is ending as soon as these answers to a deletion are given. */
function podsThatAnswer(...answers: End[]) {
  let isEnding = false;
  const cluster: Partial<PlaybookCluster> = {
    get: async () => ({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: {
        ...{ name: pod.name, namespace: pod.namespace, uid: pod.uid, resourceVersion: '1' },
        ...(isEnding && { deletionTimestamp: '2026-01-01T00:00:00Z' }),
      },
    }),
    end: async () => {
      const answer = answers.shift() ?? 'ended';
      isEnding = answers.length === 0;
      return answer;
    },
  };
  const clusters: PlaybookClusters = {
    of: async () => cluster as PlaybookCluster,
    close: () => undefined,
  };
  return openFaultPods(clusters);
}

/** Their controller was deleted, or another one has its name. */
function podsWithoutController(uid?: string) {
  const cluster: Partial<PlaybookCluster> = {
    get: async () => {
      const missing = new PlatformError('not-found', 'no replicasets web');
      if (uid === undefined) throw new PartError('refused', missing.message, { cause: missing });
      return { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web', uid } };
    },
  };
  const clusters: PlaybookClusters = {
    of: async () => cluster as PlaybookCluster,
    close: () => undefined,
  };
  return openFaultPods(clusters);
}

describe.each([undefined, 'uid-of-another'])('a pod whose controller is gone (now: %s)', (uid) => {
  it('is not claimed: nothing would replace it', async () => {
    const claiming = podsWithoutController(uid).writeClaim(pod, { to: 'run@1/5 until then' });
    await expect(claiming).rejects.toMatchObject({ code: 'refused' });
    await expect(claiming).rejects.toThrow('ReplicaSet shop/web is gone');
  });

  it('has no claim that would have to be removed', async () => {
    const dropping = podsWithoutController(uid).writeClaim(pod, { was: 'run@1/5 until then' });
    expect(await dropping).toBe(true);
  });
});

describe('a pod that others write and end while it is to be crashed', () => {
  it('is not taken for hit where it ended by itself after it was written', async () => {
    const crashing = podsThatAnswer('conflict').crash({ act, pod }, false);
    await expect(crashing).rejects.toThrow('it ended by itself before it was hit');
  });

  it('is not taken for hit where it was gone when it was deleted', async () => {
    const crashing = podsThatAnswer('gone').crash({ act, pod }, false);
    await expect(crashing).rejects.toThrow('it ended by itself before it was hit');
  });

  it('is hit where it is there, as it was read again', async () => {
    await podsThatAnswer('conflict', 'ended').crash({ act, pod }, false);
  });

  it.each<End>(['conflict', 'gone'])(
    'may have been hit by an attempt before, which nobody has heard of (%s)',
    async (answer) => {
      await podsThatAnswer(answer).crash({ act, pod }, true);
    },
  );
});

describe('the pods of a canary', () => {
  const labels = { app: 'shop', 'belay.dev/track': 'canary' };
  const asked: string[] = [];
  const podsBeside = (hashes: string[]) => {
    asked.length = 0;
    const cluster: Partial<PlaybookCluster> = {
      list: async ({ plural }, namespace, { labelSelector } = {}) => {
        asked.push(`${plural} ${labelSelector}`);
        if (plural === 'pods') return [];
        return hashes.map((hash) => ({
          ...{ apiVersion: 'apps/v1', kind: 'ReplicaSet' },
          metadata: { namespace, name: `shop-${hash}`, labels: { 'pod-template-hash': hash } },
        }));
      },
    };
    const clusters: PlaybookClusters = {
      of: async () => cluster as PlaybookCluster,
      close: () => undefined,
    };
    return openFaultPods(clusters).list({ namespace: 'shop', labels });
  };

  it('are those of its ReplicaSet, which has the label of the track', async () => {
    await podsBeside(['4d5f6b7c8f']);
    expect(asked).toEqual([
      'replicasets app=shop,belay.dev/track=canary',
      'pods pod-template-hash in (4d5f6b7c8f),app=shop',
    ]);
  });

  it('are those with the label itself where an earlier version of Belay made them', async () => {
    await podsBeside([]);
    expect(asked[1]).toBe('pods app=shop,belay.dev/track=canary');
  });
});
