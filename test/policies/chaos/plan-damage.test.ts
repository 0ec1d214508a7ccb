import { expect, it } from 'vitest';
import { blocksIn, planDamage } from '../../../src/policies/chaos/copy/plan-damage.ts';

const files = [
  { path: 'small', bytes: 3 },
  { path: 'large', bytes: 4_096 * 10 + 1 },
  { path: 'one', bytes: 4_096 },
];

/** The same numbers every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

it('damages so many blocks, each of them once, and never beyond the end of a file', () => {
  expect(blocksIn(files)).toBe(13);
  for (let seed = 1; seed <= 200; seed += 1) {
    const damage = planDamage(files, 0.4, numbers(seed));
    expect(damage).toHaveLength(5);
    const blocks = damage.map(({ path, offset }) => `${path} ${Math.floor(offset / 4_096)}`);
    expect(new Set(blocks).size).toBe(5);
    for (const { path, offset, bit } of damage) {
      const { bytes = 0 } = files.find((each) => each.path === path) ?? {};
      expect(offset).toBeLessThan(bytes);
      expect([0, 1, 2, 3, 4, 5, 6, 7]).toContain(bit);
    }
  }
});

it('damages one block at least, and every block where all of them are asked for', () => {
  expect(planDamage(files, 1e-6, numbers(1))).toHaveLength(1);
  const all = planDamage(files, 1, numbers(1));
  expect(all.map(({ path }) => path)).toEqual(['small', ...Array<string>(11).fill('large'), 'one']);
});

it('chooses every block about as often as any other', () => {
  const random = numbers(7);
  const counts = new Map<string, number>();
  for (let run = 0; run < 2_600; run += 1) {
    const [{ path, offset } = { path: '', offset: 0 }] = planDamage(files, 1e-6, random);
    const block = `${path} ${Math.floor(offset / 4_096)}`;
    counts.set(block, (counts.get(block) ?? 0) + 1);
  }
  expect(counts.size).toBe(13);
  for (const count of counts.values()) expect(count).toBeGreaterThan(120);
});
