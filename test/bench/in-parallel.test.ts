import { expect, it } from 'vitest';
import { inParallel } from '../../bench/measures/in-parallel.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

it('starts nothing more once one has failed, and waits for those that are under way', async () => {
  const ended: number[] = [];
  const act = async (item: number) => {
    if (item === 0) throw new Error('item 0 failed');
    await turn();
    await turn();
    ended.push(item);
  };
  await expect(inParallel([0, 1, 2, 3], 2, act)).rejects.toThrow('item 0 failed');
  expect(ended).toEqual([1]);
});
