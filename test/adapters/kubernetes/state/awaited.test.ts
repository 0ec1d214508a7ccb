import type { V1DeploymentStatus, V1Pod } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { awaited } from '../../../../src/adapters/kubernetes/state/awaited.ts';
import { updateState } from '../../../../src/adapters/kubernetes/state/update-state.ts';
import { stableShop } from './shop-objects.ts';

const nowMs = 1_000_000;

function readySince(pod: V1Pod, secondsAgo: number): V1Pod {
  const lastTransitionTime = new Date(nowMs - secondsAgo * 1_000);
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime }];
  return { ...pod, status: { ...pod.status, conditions } };
}

function shop(status: V1DeploymentStatus, minReadySeconds = 0, paused = false) {
  const stable = stableShop(3);
  const { deployment } = stable;
  return {
    ...stable,
    deployment: {
      ...deployment,
      spec: { ...deployment.spec!, minReadySeconds, paused },
      status: { ...deployment.status, ...status },
    },
    pods: stable.pods.map((pod, index) => readySince(pod, 100 * index)),
  };
}

test.each([
  [
    'its controller',
    shop({ observedGeneration: 6 }),
    'its controller has not acted on the last change of it yet',
  ],
  ['pods to be replaced', shop({ updatedReplicas: 1 }), '2 of its pods are not replaced yet'],
  [
    'someone to resume it',
    shop({ updatedReplicas: 1 }, 0, true),
    '2 of its pods are not replaced yet, and it is paused',
  ],
  ['old pods to go', shop({ replicas: 4 }), '1 pods of the previous template are not gone yet'],
  [
    'minReadySeconds',
    shop({ availableReplicas: 0 }, 600),
    '3 ready pods are not available before they have been ready for minReadySeconds, 600 s: 600 s to go',
  ],
  ['availability', shop({ availableReplicas: 2 }), '2 of 3 pods are available'],
])('a Deployment that nothing is wrong with waits for %s', (_what, workload, expected) => {
  expect(awaited(workload, nowMs)).toBe(expected);
  expect(updateState(workload, 'promoting', nowMs).trouble).toBe(expected);
});
