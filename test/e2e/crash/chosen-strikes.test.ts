import { expect, it } from 'vitest';
import { dealOut, sweepScenario } from './chosen-strikes.ts';
import { StruckTable } from './struck-table.ts';

it('a sweep fails where a kind has no place to strike: nobody was killed there', async () => {
  const sweep = sweepScenario(new StruckTable(), {
    ...{ scenario: 'restore', all: [], sampleOf: () => [] },
    strike: () => Promise.reject(new Error('nothing is struck')),
  });
  await expect(sweep).rejects.toThrow('no place of restore was chosen');
});

it('places that are struck in one run are far from each other, and in the order in which they are passed', () => {
  const strike = (victim: string, stage: string, place: string) => ({ victim, stage, place });
  const all = [
    ...['a', 'b', 'c', 'd'].map((place) => strike('worker', 'worker', place)),
    ...['a', 'b', 'c', 'd'].map((place) => strike('temporal', 'worker', place)),
  ];
  const shown = dealOut(all, all, 3).map((group) =>
    group.map(({ victim, place }) => `${victim} ${place}`),
  );
  expect(shown).toEqual(
    [
      ['worker a', 'temporal c', 'worker d'],
      ['worker b', 'temporal a', 'temporal d'],
      ['temporal b', 'worker c'],
    ].map((group) => expect.arrayContaining(group) as string[]),
  );
  for (const group of shown) {
    const places = group.map((each) => each.split(' ')[1]);
    expect(places).toEqual(places.toSorted());
  }
  expect(dealOut(all, all, 1)).toHaveLength(all.length);
});
