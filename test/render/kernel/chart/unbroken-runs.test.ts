import { expect, it } from 'vitest';
import { unbrokenRuns } from '../../../../src/render/kernel/chart/unbroken-runs.ts';

const runs = (...points: [atMs: number, value?: number][]) =>
  unbrokenRuns(points.map(([atMs, value]) => ({ atMs, value }))).map((run) =>
    run.map(({ atMs }) => atMs),
  );

it('a line is drawn through measurements that follow each other', () => {
  expect(runs([0, 1], [10, 2], [20, 3])).toEqual([[0, 10, 20]]);
});

it('a line ends where there was no data and begins again after it', () => {
  expect(runs([0, 1], [10, 1], [20], [30, 1])).toEqual([[0, 10], [30]]);
});

it('a line is not drawn across a time without measurements', () => {
  expect(runs([0, 1], [10, 1], [20, 1], [90, 1], [100, 1])).toEqual([
    [0, 10, 20],
    [90, 100],
  ]);
});

it('a measurement that comes a little late breaks no line', () => {
  expect(runs([0, 1], [10, 1], [30, 1], [40, 1])).toEqual([[0, 10, 30, 40]]);
});

it('there is no line where there was never any data', () => {
  expect(runs([0], [10])).toEqual([]);
  expect(runs()).toEqual([]);
});
