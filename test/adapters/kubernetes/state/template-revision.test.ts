import type { V1ReplicaSet } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import { currentReplicaSet } from '../../../../src/adapters/kubernetes/state/template-revision.ts';
import { stableShop, template } from './shop-objects.ts';

const { deployment } = stableShop(2);
const wanted = deployment.spec!.template;
const set = (name: string, bornS: number, aside = false): V1ReplicaSet => {
  const { metadata, ...rest } = structuredClone(wanted);
  const mark = { ...metadata?.annotations, 'belay.dev/set-aside-for': 'd' };
  const marked = { ...rest, metadata: { ...metadata, annotations: mark } };
  return {
    metadata: { name, creationTimestamp: new Date(bornS * 1_000) },
    spec: { selector: {}, template: aside ? marked : wanted },
  };
};
const current = (...sets: V1ReplicaSet[]) => currentReplicaSet(deployment, sets)?.metadata?.name;

test('of several ReplicaSets with the template of a Deployment, the oldest is current, as for its controller', () => {
  expect(current(set('young', 2), set('old', 1))).toBe('old');
  expect(current(set('b', 1), set('a', 1))).toBe('a');
});

test('one that is set aside is current only where no other is', () => {
  expect(current(set('aside', 1, true), set('own', 2))).toBe('own');
  expect(current(set('aside', 1, true))).toBe('aside');
  const other = { ...set('other', 1), spec: { selector: {}, template: template('v9') } };
  expect(current(other)).toBeUndefined();
});
