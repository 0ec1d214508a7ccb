import { expect, test } from 'vitest';
import { mayGetSize } from '../../../../src/adapters/kubernetes/acts/replica-plan.ts';
import { replicaSet, template } from '../state/shop-objects.ts';

const draining = () => {
  const of = template('v3');
  of.spec!.containers[0]!.lifecycle = { preStop: { sleep: { seconds: 5 } } };
  return of;
};

test.each([
  [template('v3'), 5, true],
  [template('v3'), 4, true],
  [template('v3'), 3, false],
  [draining(), 3, true],
])('pods with traffic are stopped for a size only if they take time to stop', (of, size, may) => {
  expect(mayGetSize(replicaSet('shop-d', 4, of, 4), size)).toBe(may);
});
