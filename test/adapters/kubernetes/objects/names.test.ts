import { expect, test } from 'vitest';
import {
  canaryNameOf,
  metadataPath,
  ownerLabels,
} from '../../../../src/adapters/kubernetes/objects/names.ts';

test('a canary has the name of its Deployment, shortened where it would not fit', () => {
  expect(canaryNameOf('shop')).toBe('shop-canary');
  const [one, other] = ['a', 'b'].map((end) => canaryNameOf('x'.repeat(60) + end));
  expect(one).toHaveLength(63);
  expect(one).not.toBe(other);
  expect(one).toMatch(/-canary$/);
});

test('a service whose name is no label value is labelled by its hash', () => {
  const labelOf = (service: string) =>
    ownerLabels({ environment: 'demo', service }, 'rollout/demo/shop')['belay.dev/service'];
  expect(labelOf('shop')).toBe('demo.shop');
  expect(labelOf('s'.repeat(70))).toMatch(/^[0-9a-f]{16}$/);
});

test('a key with a slash is one segment of a patch', () => {
  expect(metadataPath('annotations', 'belay.dev/fence')).toBe(
    '/metadata/annotations/belay.dev~1fence',
  );
});
