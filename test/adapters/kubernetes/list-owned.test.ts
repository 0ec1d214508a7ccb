import { expect, test } from 'vitest';
import type { V1Deployment } from '@kubernetes/client-node';
import type { ClusterApi } from '../../../src/adapters/kubernetes-api/cluster-api.ts';
import { createKubernetesPlatform } from '../../../src/adapters/kubernetes/kubernetes-platform.ts';
import { formatFence } from '../../../src/adapters/kubernetes/objects/fence-record.ts';
import { annotations, heldLabels } from '../../../src/adapters/kubernetes/objects/names.ts';
import { formatRecord } from '../../../src/adapters/kubernetes/objects/record.ts';
import { colours, heldObjects } from './colours/coloured-objects.ts';
import { workflowId } from './state/shop-objects.ts';

const heldBy = (installation: string): V1Deployment => ({
  metadata: {
    namespace: 'shop',
    name: installation,
    labels: heldLabels,
    annotations: {
      [annotations.fence]: formatFence({ rolloutId: 'r1', step: 7 }),
      [annotations.rollout]: formatRecord({
        format: 1,
        installation,
        workflowId: `rollout/demo/${installation}`,
        environment: 'demo',
        service: installation,
        target: { platform: 'kubernetes', namespace: 'shop', metrics: { path: '/metrics' } },
        phase: 'claimed',
        paused: false,
        stableHash: 'abc',
        weight: 20,
      }),
    },
  },
});

const colouredOf = (installation: string) => heldObjects({ installation }).chooser;

test('a janitor never sees the rollouts of another Belay, whose Temporal it cannot ask', async () => {
  const held = {
    deployments: [heldBy('ours'), heldBy('theirs')],
    services: [colouredOf('ours'), colouredOf('theirs')],
  };
  const listEverywhere = (kind: keyof typeof held) => Promise.resolve(held[kind]);
  const api = { listEverywhere } as unknown as ClusterApi;
  const clusters = { of: () => Promise.resolve(api) };
  const platform = createKubernetesPlatform({ clusters, installation: 'ours' });
  expect(await platform.listOwned()).toMatchObject([
    { service: 'ours', owner: { workflowId: 'rollout/demo/ours', rolloutId: 'r1', step: 7 } },
    { service: 'shop', target: { colours }, owner: { workflowId, rolloutId: 'r1', step: 5 } },
  ]);
});
