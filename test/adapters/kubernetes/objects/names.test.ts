import { expect, test } from 'vitest';
import {
  canaryNameOf,
  metadataPath,
  createdLabels,
} from '../../../../src/adapters/kubernetes/objects/names.ts';

const target = {
  platform: 'kubernetes' as const,
  namespace: 'demo',
  metrics: { path: '/metrics' },
};

test('a canary has the name of its Deployment, shortened where it would not fit', () => {
  expect(canaryNameOf('shop')).toBe('shop-canary');
  const [one, other] = ['a', 'b'].map((end) => canaryNameOf('x'.repeat(60) + end));
  expect(one).toHaveLength(63);
  expect(one).not.toBe(other);
  expect(one).toMatch(/-canary$/);
});

test.each([
  ['shop.eu', /^shop-eu-[0-9a-f]{8}-canary$/],
  ['2fa', /^c-2fa-[0-9a-f]{8}-canary$/],
  [`${'long.'.repeat(40)}name`, /^long-/],
  ['s'.repeat(253), /^s+-[0-9a-f]{8}-canary$/],
])('the canary of %s has a name that every kind of object may have', (name, expected) => {
  const canary = canaryNameOf(name);
  expect(canary).toMatch(expected);
  expect(canary).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/);
  expect(canaryNameOf(name)).toBe(canary);
});

test('names that differ in a dot alone have different canaries', () => {
  const names = ['shop.eu', 'shop-eu', 'c-2fa', '2fa'];
  expect(new Set(names.map(canaryNameOf)).size).toBe(names.length);
});

test('a service whose name is no label value is labelled by its hash', () => {
  const labelOf = (service: string) =>
    createdLabels({ ref: { environment: 'demo', service }, target }, 'rollout/demo/shop')[
      'belay.dev/service'
    ];
  expect(labelOf('shop')).toBe('demo.shop');
  expect(labelOf('s'.repeat(70))).toMatch(/^[0-9a-f]{16}$/);
});

test('a key with a slash is one segment of a patch', () => {
  expect(metadataPath('annotations', 'belay.dev/fence')).toBe(
    '/metadata/annotations/belay.dev~1fence',
  );
});

test("the spec's labels are on what is created, and never in the place of Belay's own", () => {
  const labelled = { ...target, labels: { team: 'payments' } };
  const ref = { environment: 'demo', service: 'shop' };
  expect(createdLabels({ ref, target: labelled }, 'rollout/demo/shop')).toMatchObject({
    team: 'payments',
    'belay.dev/service': 'demo.shop',
  });
});
