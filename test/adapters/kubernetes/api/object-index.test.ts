import { expect, it } from 'vitest';
import { createObjectIndex } from '../../../../src/adapters/kubernetes/api/object-index.ts';

interface Thing {
  metadata: {
    labels?: Record<string, string>;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
}

function pod(labels: Record<string, string>, controller?: string): Thing {
  return {
    metadata: {
      labels,
      ...(controller && { ownerReferences: [{ uid: controller, controller: true }] }),
    },
  };
}

const indexOf = (...objects: Thing[]) => {
  const index = createObjectIndex<Thing & object>();
  for (const object of objects) index.add(object);
  return index;
};

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
  const owned = { metadata: { ownerReferences: [{ uid: 'set-1' }] } };
  expect(indexOf(controlled, owned, pod({}, 'set-2')).controlledBy('set-1')).toEqual([controlled]);
});

it('takes no label for a controller', () => {
  expect(indexOf(pod({ uid: 'set-1' })).controlledBy('set-1')).toEqual([]);
});
