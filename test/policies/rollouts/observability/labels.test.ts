import { expect, test } from 'vitest';
import { LabelCap } from '../../../../src/policies/kernel/observability/label-cap.ts';
import { phaseLabel } from '../../../../src/policies/rollouts/observability/phase-label.ts';

test('values that came before the cap was reached keep their names', () => {
  const cap = new LabelCap(2);
  expect(['a', 'b', 'c', 'a', 'b', 'c'].map((value) => cap.admits(value))).toEqual([
    ...[true, true, false],
    ...[true, true, false],
  ]);
});

test('a cap of nothing is refused', () => {
  expect(() => new LabelCap(0)).toThrow('at least 1');
});

test.each([
  ['at 20 %', 'in-stage'],
  ['at 100 %', 'in-stage'],
  ['inconclusive', 'inconclusive'],
  ['undo-failed', 'undo-failed'],
  [undefined, 'starting'],
])('a rollout shown as %s counts as %s, whatever its weight', (shown, label) => {
  expect(phaseLabel(shown)).toBe(label);
});
