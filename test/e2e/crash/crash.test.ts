import { describe, it } from 'vitest';
import { chosen, useBenches } from './on-bench.ts';
import { inProcess } from './releases.ts';
import { canaries, otherKinds, type Scenario } from './scenarios.ts';
import { playUndisturbed, sideBySide, strikeOnce } from './sweep.ts';
import { printedTable } from './table.ts';

const sampledPlaces = { ofCanaries: 3, ofOthers: 2 };
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
        const play = (scenarios: Scenario[], sampled: number) =>
          scenarios.map(async (scenario) => ({
            ...(await playUndisturbed(bench, scenario)),
            sampled,
          }));
        const runs = await Promise.all([
          ...play(canaries, sampledPlaces.ofCanaries),
          ...play(otherKinds, sampledPlaces.ofOthers),
        ]);
        const strikes = runs.flatMap((run) =>
          chosen(run.places, run.sampled).map((place) => ({ run, place })),
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
