import { beforeEach, describe, expect, it } from 'vitest';
import type {
  PlaybookCluster,
  PlaybookClusters,
} from '../../../../src/adapters/playbooks/kubernetes/cluster.ts';
import { scaleWorkload } from '../../../../src/adapters/playbooks/kubernetes/scale.ts';

let deployment: Awaited<ReturnType<PlaybookCluster['get']>>;
let clusters: PlaybookClusters;

beforeEach(() => {
  deployment = {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', spec: { replicas: 1 } },
    metadata: { name: 'web', namespace: 'shop', uid: 'one', resourceVersion: '7' },
  };
  const cluster = {
    get: async () => deployment,
    merge: async (_: unknown, { spec, metadata }: { spec?: object; metadata: object }) => {
      deployment = {
        ...{ ...deployment, ...(spec && { spec }) },
        metadata: { ...deployment.metadata, ...metadata },
      };
      return deployment;
    },
  };
  clusters = { of: async () => cluster } as unknown as PlaybookClusters;
});

const scaleTo = (inputs: object, step = 1) =>
  scaleWorkload(clusters).perform({
    ...{ part: 'kubernetes.scale', key: 'key', evidence: {} },
    inputs: { namespace: 'shop', workload: 'deployment/web', ...inputs },
    act: { rolloutId: 'run', step },
    before: { replicas: 1, uid: 'one' },
  });
const fence = () => deployment.metadata.annotations?.['belay.dev/playbook-act'];

describe('kubernetes.scale', () => {
  it('sets the replicas, whoever else has scaled it since it was checked', async () => {
    deployment['spec'] = { replicas: 9 };
    expect((await scaleTo({ replicas: 6 })).outputs).toEqual({ before: 1, replicas: 6 });
    expect(deployment['spec']).toEqual({ replicas: 6 });
  });

  it('leaves more as they are where it is to be at least so many, and is fenced all the same', async () => {
    expect((await scaleTo({ replicas: 6, atLeast: true })).outputs).toMatchObject({ replicas: 6 });
    deployment['spec'] = { replicas: 9 };
    const { outputs } = await scaleTo({ replicas: 6, atLeast: true }, 2);
    expect(outputs).toEqual({ before: 1, replicas: 9 });
    expect([deployment['spec'], fence()]).toEqual([{ replicas: 9 }, 'run/2']);
  });
});
