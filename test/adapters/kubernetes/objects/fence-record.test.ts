import { expect, test } from 'vitest';
import {
  formatFence,
  judgeFence,
  readFence,
  requireFence,
} from '../../../../src/adapters/kubernetes/objects/fence-record.ts';

const stored = { rolloutId: 'r1', step: 5 };

test.each([
  ['an object that no act has written', undefined, { rolloutId: 'r1', step: 1 }, 'accepted'],
  ['the same act again', stored, stored, 'accepted'],
  ['the next act of the rollout', stored, { rolloutId: 'r1', step: 6 }, 'accepted'],
  ['an act that its undo has overtaken', stored, { rolloutId: 'r1', step: 4 }, 'stale'],
  ['a later rollout', stored, { rolloutId: 'r2', step: 6 }, 'accepted'],
  ['a rollout at the same moment', stored, { rolloutId: 'r2', step: 5 }, 'stale'],
  ['an earlier rollout', stored, { rolloutId: 'r0', step: 4 }, 'stale'],
] as const)('%s', (_title, before, mine, judgement) => {
  expect(judgeFence(before, mine)).toBe(judgement);
});

test('a fence is read as it was written, and nothing else is taken for one', () => {
  const metadata = (text: string) => ({ annotations: { 'belay.dev/fence': text } });
  expect(readFence(metadata(formatFence(stored)))).toEqual(stored);
  expect(readFence(metadata('r1 five'))).toBeUndefined();
  expect(readFence({})).toBeUndefined();
});

test('a refusal names both acts and the object', () => {
  expect(() => requireFence(stored, { rolloutId: 'r1', step: 4 }, 'services shop/shop')).toThrow(
    'step 4 of rollout r1 comes too late on services shop/shop: step 5 of rollout r1 has been accepted',
  );
});
