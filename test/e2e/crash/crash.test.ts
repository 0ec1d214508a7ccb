import { describe, it } from 'vitest';
import { chosen, useBenches } from './on-bench.ts';
import { inProcess } from './releases.ts';
import { scenarios } from './scenarios.ts';
import { playUndisturbed, sideBySide, strikeOnce } from './sweep.ts';
import { printedTable } from './table.ts';

const sampledPlaces = 6;
const limitMs = 60 * 60_000;
/** Side by side: a rollout mostly waits. */
const lanes = 6;

describe('a rollout whose worker is killed', () => {
  const onBench = useBenches();

  it(
    'ends as if nothing had happened, wherever it is',
    { timeout: limitMs },
    async ({ expect }) => {
      const table = printedTable();
      await onBench(inProcess, async (bench) => {
        const runs = await Promise.all(
          scenarios.map((scenario) => playUndisturbed(bench, scenario)),
        );
        const strikes = runs.flatMap((run) =>
          chosen(run.places, sampledPlaces).map((place) => ({ run, place })),
        );
        await sideBySide(lanes, strikes, async ({ run, place }, index) => {
          const name = `${run.scenario.name}-${index + 1}`;
          table.add(await strikeOnce(bench, run, { place, victim: 'worker' }, name));
        });
      });
      table.close();
      expect(table.different()).toEqual([]);
    },
  );
});
