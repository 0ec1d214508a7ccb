import type { V1ObjectMeta } from '@kubernetes/client-node';
import { expect, it } from 'vitest';
import { createObjectIndex } from '../../../src/adapters/kubernetes-api/object-index.ts';

interface Thing {
  metadata: V1ObjectMeta;
}

const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'shop-1' };

function pod(labels: Record<string, string>, controller?: string): Thing {
  const owners = controller && [{ ...owner, uid: controller, controller: true }];
  return { metadata: { labels, ...(owners && { ownerReferences: owners }) } };
}

function indexOf(...objects: Thing[]) {
  const index = createObjectIndex<Thing>();
  for (const object of objects) index.add(object);
  return index;
}

it('finds exactly the objects that have all of the labels', () => {
  const both = pod({ app: 'shop', track: 'canary' });
  const index = indexOf(both, pod({ app: 'shop' }), pod({ app: 'billing', track: 'canary' }));
  expect(index.withLabels({ app: 'shop', track: 'canary' })).toEqual([both]);
  expect(index.withLabels({ app: 'shop' })).toHaveLength(2);
  expect(index.withLabels({ app: 'shop', track: 'stable' })).toEqual([]);
});

it('forgets an object under every label that it had', () => {
  const labelled = pod({ app: 'shop', 'pod-template-hash': 'abc' }, 'set-1');
  const index = indexOf(labelled);
  index.remove(labelled);
  expect(index.withLabels({ app: 'shop' })).toEqual([]);
  expect(index.withLabels({ 'pod-template-hash': 'abc' })).toEqual([]);
  expect(index.controlledBy('set-1')).toEqual([]);
});

it('finds what an object controls, not what it merely owns', () => {
  const controlled = pod({}, 'set-1');
  const owned = { metadata: { ownerReferences: [{ ...owner, uid: 'set-1' }] } };
  expect(indexOf(controlled, owned, pod({}, 'set-2')).controlledBy('set-1')).toEqual([controlled]);
});

it('takes no label for a controller', () => {
  expect(indexOf(pod({ uid: 'set-1' })).controlledBy('set-1')).toEqual([]);
});
