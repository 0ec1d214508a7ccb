import { expect, it } from 'vitest';
import { sweepScenario } from './chosen-strikes.ts';
import { StruckTable } from './struck-table.ts';

it('a sweep fails where a kind has no place to strike: nobody was killed there', async () => {
  const sweep = sweepScenario(new StruckTable(), {
    ...{ scenario: 'restore', all: [], sampleOf: () => [] },
    strike: () => Promise.reject(new Error('nothing is struck')),
  });
  await expect(sweep).rejects.toThrow('no place of restore was chosen');
});
