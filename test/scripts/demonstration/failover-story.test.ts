import { expect, it } from 'vitest';
import { describeLoss } from '../../../scripts/demonstration/recovery/failover-story.ts';

it.each([
  [0, 0, '0 statements failed, 0 rows are lost'],
  [1, 0, '1 statement failed, 0 rows are lost'],
  [2, 1, '2 statements failed, 1 row is lost'],
])('a client of which %i failed and %i are lost is described in words', (failed, lost, words) => {
  expect(describeLoss(failed, lost)).toBe(words);
});
