import { expect, test } from 'vitest';
import { canaryHashOf } from '../../../../src/adapters/kubernetes/objects/canary-hash.ts';

test('a claim that is repeated names the same canary, and any other claim another', () => {
  const hash = canaryHashOf({ rolloutId: 'r1', step: 5 });
  expect(canaryHashOf({ rolloutId: 'r1', step: 5 })).toBe(hash);
  expect(canaryHashOf({ rolloutId: 'r1', step: 6 })).not.toBe(hash);
  expect(canaryHashOf({ rolloutId: 'r2', step: 5 })).not.toBe(hash);
});

test('it is written as Kubernetes writes its own hashes', () => {
  for (let step = 0; step < 50; step += 1) {
    expect(canaryHashOf({ rolloutId: 'r1', step })).toMatch(/^[4-9bcdf]{10}$/);
  }
});
