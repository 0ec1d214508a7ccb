import { expect, it } from 'vitest';
import { coversLoss } from '../../../../src/policies/recovery/databases/predict-loss.ts';

const from = 'the test';
const some = { bytes: 4_096, from };
const least = { ...some, atLeast: true as const };

it.each([
  ['the same', some, some, true],
  ['less', some, { bytes: 0, from }, true],
  ['more', some, { bytes: 4_097, from }, false],
  ['what nobody can say any more', some, { from }, false],
  ['what may be more by now', some, least, false],
  ['what is known exactly by now', least, some, true],
  ['a higher least', least, { ...least, bytes: 4_097 }, false],
  ['anything, where it was unknown', { from }, { ...least, bytes: 9_999_999 }, true],
] as const)('whoever accepted a loss is asked again unless it covers it: %s', (_, one, now, is) => {
  expect(coversLoss(one, now)).toBe(is);
});

it('is not asked again for what a primary writes meanwhile, unless that is much', () => {
  const moving = { movingBytes: 8_192 };
  expect(coversLoss(least, { ...least, bytes: 8_192 }, moving)).toBe(true);
  expect(coversLoss(least, { ...least, bytes: 8_193 }, moving)).toBe(false);
  expect(coversLoss(some, { bytes: 8_192, from }, moving)).toBe(false);
});
