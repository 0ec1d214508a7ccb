import { describe, expect, it } from 'vitest';
import { shiftBetween } from '../../../../../src/policies/rollouts/analysis/mann-whitney/centre.ts';
import { upperNormalTail } from '../../../../../src/policies/rollouts/analysis/mann-whitney/normal-tail.ts';
import { rankSum } from '../../../../../src/policies/rollouts/analysis/mann-whitney/rank-sum.ts';

/** Permeability of membranes, Hollander and Wolfe 1973, 69; the example of R's wilcox.test. */
const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const early = [1.15, 0.88, 0.9, 0.74, 1.21];

/** Ozone in New York in 1973, R's data set airquality: the other example of wilcox.test. */
const may = [
  ...[41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45],
  ...[115, 37],
];
const august = [
  ...[39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76],
  ...[118, 84, 85],
];

/** Of all ways to choose the sample from these values, the shares with at least and at most this U. */
function enumerate(values: number[], size: number, seen: number) {
  const higher = (ours: number[], theirs: number[]) =>
    ours
      .flatMap((our) => theirs.map((their) => (Math.sign(our - their) + 1) / 2))
      .reduce((sum, half) => sum + half, 0);
  const all: number[] = [];
  for (let chosen = 0; chosen < 2 ** values.length; chosen++) {
    const isOurs = (index: number) => ((chosen >> index) & 1) === 1;
    const ours = values.filter((_, index) => isOurs(index));
    const theirs = values.filter((_, index) => !isOurs(index));
    if (ours.length === size) all.push(higher(ours, theirs));
  }
  const share = (is: (u: number) => boolean) => all.filter(is).length / all.length;
  return { greater: share((u) => u >= seen), less: share((u) => u <= seen) };
}

describe("Mann and Whitney's test", () => {
  it('finds what R finds in a small sample without ties', () => {
    const { u, greater } = rankSum(atTerm, early);
    expect(u).toBe(35);
    expect(greater).toBeCloseTo(0.1272, 4);
    expect(shiftBetween(atTerm, early)).toBeCloseTo(0.305);
  });

  it('finds what SciPy finds in its own example', () => {
    const { u, twoSided } = rankSum([19, 22, 16, 29, 24], [20, 11, 17, 12]);
    expect(u).toBe(17);
    expect(twoSided).toBeCloseTo(1 / 9, 10);
  });

  it('finds what R finds in a larger sample with ties', () => {
    const { u, twoSided } = rankSum(may, august);
    expect(u).toBe(127.5);
    expect(twoSided).toBeCloseTo(0.0001208, 7);
  });

  it.each([
    { how: 'without ties', sample: [7, 3, 9, 12], reference: [1, 2, 8, 4, 5] },
    { how: 'with ties', sample: [3, 3, 5, 0], reference: [0, 0, 3, 1, 0, 5] },
    { how: 'with more values than its reference', sample: [2, 2, 4, 1, 0, 9], reference: [0, 2] },
    { how: 'with one value only', sample: [4], reference: [4, 4, 1, 9] },
    { how: 'where all is alike', sample: [1, 1, 1], reference: [1, 1, 1, 1] },
  ])('counts the chance exactly in a small sample $how', ({ sample, reference }) => {
    const { u, greater, less } = rankSum(sample, reference);
    const expected = enumerate([...sample, ...reference], sample.length, u);
    expect(greater).toBeCloseTo(expected.greater, 12);
    expect(less).toBeCloseTo(expected.less, 12);
  });

  it('says the same of stable as of the canary, the other way round', () => {
    const [ours, theirs] = [rankSum(may, august), rankSum(august, may)];
    expect(ours.less).toBeCloseTo(theirs.greater, 12);
    expect(ours.u + theirs.u).toBe(may.length * august.length);
  });

  it('hardly jumps where the samples become too large to count every order', () => {
    const reference = Array.from({ length: 20 }, (_, index) => index);
    const sample = reference.map((value) => value + 5.4);
    const counted = rankSum(sample, reference).greater;
    const approximate = rankSum(sample, [...reference, 12.2]).greater;
    expect(counted / approximate).toBeGreaterThan(0.8);
    expect(counted / approximate).toBeLessThan(1.25);
  });

  it('knows rare chances as well as common ones', () => {
    expect(upperNormalTail(0)).toBe(0.5);
    expect(upperNormalTail(-1)).toBeCloseTo(0.8413447460685429, 12);
    expect(upperNormalTail(1.959963984540054)).toBeCloseTo(0.025, 12);
    expect(upperNormalTail(2)).toBeCloseTo(0.022750131948179195, 12);
    expect(upperNormalTail(6) / 9.865876450376946e-10).toBeCloseTo(1, 9);
  });
});
