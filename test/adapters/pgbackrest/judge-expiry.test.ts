import { expect, test } from 'vitest';
import { judgeExpired, judgeExpiry } from '../../../src/adapters/pgbackrest/judge-expiry.ts';
import { exampleSet } from './example-set.ts';

const first = exampleSet('20261101-000000F', { from: 1 });
const child = exampleSet('20261101-000000F_20261102-000000I', {
  ...{ from: 2, type: 'incremental', needs: [first.label] },
});
const second = exampleSet('20261103-000000F', { from: 3 });
const sets = [first, child, second];
const own = new Set(sets.map(({ label }) => label));
const judge = (labels: readonly string[]) => judgeExpiry({ sets, own, labels });

test('what a set that stays needs is refused, where the tool would remove both', () => {
  expect(judge([first.label])).toEqual([`${first.label} is needed by ${child.label}`]);
});

test('a whole chain may go', () => {
  expect(judge([first.label, child.label])).toEqual([]);
});

test('the last full set stays', () => {
  const all = sets.map(({ label }) => label);
  expect(judge(all)).toEqual([expect.stringContaining('no full set')]);
});

test('what is gone already is no trouble, and what is no label is', () => {
  expect(judge(['20200101-000000F'])).toEqual([]);
  expect(judge(['--force x'])).toEqual(['"--force x" is not the label of a set']);
});

test('a set of another plan, or of nobody, is refused', () => {
  const labels = [first.label, child.label];
  expect(judgeExpiry({ sets, own: new Set([child.label, second.label]), labels })).toEqual([
    `${first.label} was not made by this plan for this component`,
  ]);
});

test('sets whose files the storage keeps are not gone, although they are not listed any more', () => {
  const labels = ['a', 'b', 'c'];
  expect(judgeExpired({ labels, listed: ['d'], stored: ['d'] })).toBeUndefined();
  expect(judgeExpired({ labels, listed: ['c', 'd'], stored: ['b', 'c', 'd'] })).toBe(
    '1 of 3 sets are gone; still listed: c; not listed any more, but still stored: b (may the agent delete there?)',
  );
});
