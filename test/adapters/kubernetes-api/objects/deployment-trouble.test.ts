import type { V1ReplicaSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { deploymentTrouble } from '../../../../src/adapters/kubernetes-api/objects/deployment-trouble.ts';

function refusedWith(reason: string, message: string): V1ReplicaSet {
  return {
    metadata: { name: 'shop-6d5f' },
    spec: { replicas: 2, selector: {} },
    status: {
      replicas: 0,
      conditions: [{ type: 'ReplicaFailure', status: 'True', reason, message }],
    },
  };
}

const deployment = { metadata: { name: 'shop' } };

test.each([
  [
    'a quota',
    'pods "shop-6d5f-aaaaa" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=4, limited: pods=4',
    'quota exceeded',
  ],
  [
    'a quota that wants limits to be written',
    'pods "shop-6d5f-aaaaa" is forbidden: failed quota: compute: must specify limits.cpu',
    'quota exceeded',
  ],
  [
    'a namespace that is going away',
    'pods "shop-6d5f-aaaaa" is forbidden: unable to create new content in namespace demo because it is being terminated',
    'the namespace is being deleted',
  ],
  ['an admission policy', 'admission webhook "policy.example" denied the request', 'FailedCreate'],
])('names %s that lets no pod be created', (_, message, cause) => {
  expect(deploymentTrouble(deployment, [refusedWith('FailedCreate', message)])).toBe(
    `ReplicaSet shop-6d5f cannot create pods: ${cause}: ${message}`,
  );
});

test('does not name what an old ReplicaSet met that wants no pods any more', () => {
  const old = {
    ...refusedWith('FailedCreate', 'exceeded quota'),
    spec: { replicas: 0, selector: {} },
  };
  expect(deploymentTrouble(deployment, [old])).toBeUndefined();
});

test('names a progress deadline that passed', () => {
  const stuck = {
    ...deployment,
    status: {
      conditions: [
        {
          type: 'Progressing',
          status: 'False',
          reason: 'ProgressDeadlineExceeded',
          message: 'ReplicaSet "shop-6d5f" has timed out progressing.',
        },
      ],
    },
  };
  expect(deploymentTrouble(stuck, [])).toBe(
    'Deployment shop: ProgressDeadlineExceeded: ReplicaSet "shop-6d5f" has timed out progressing.',
  );
});

test('names a Deployment that is being deleted', () => {
  const deleted = { metadata: { name: 'shop', deletionTimestamp: new Date(0) } };
  expect(deploymentTrouble(deleted, [])).toBe('Deployment shop is being deleted');
});

test('a Deployment that makes progress has no trouble', () => {
  const conditions = [{ type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated' }];
  const healed = {
    status: { replicas: 1, conditions: [{ type: 'ReplicaFailure', status: 'False' }] },
  };
  expect(deploymentTrouble({ ...deployment, status: { conditions } }, [healed])).toBeUndefined();
});
