import { describe, it } from 'vitest';
import { chosen, useBenches } from './on-bench.ts';
import { asProcesses } from './releases.ts';
import { promoted } from './scenarios.ts';
import { playUndisturbed, sideBySide, strikeOnce } from './sweep.ts';
import { printedTable } from './table.ts';
import type { Ground } from './world.ts';

const limitMs = 60 * 60_000;
const kindsOfPlace = [
  'setWeight#1:before',
  'promoteCanary#1:after',
  'watchHold#1:during',
  'workflow-task(watchHold)#1',
];
const grounds: [words: string, ground: Ground][] = [
  ['the Temporal server', 'temporal'],
  ['the platform', 'platform'],
];

describe.concurrent('a rollout under which a server is killed', () => {
  const onBench = useBenches();

  it.for(grounds)(
    'ends as if nothing had happened: %s',
    { timeout: limitMs },
    async ([, victim], test) => {
      const table = printedTable();
      await onBench(asProcesses, async (bench) => {
        const run = await playUndisturbed(bench, promoted);
        await sideBySide(1, chosen(kindsOfPlace, 2), async (place, index) => {
          table.add(await strikeOnce(bench, run, { place, victim }, `${victim}-${index + 1}`));
        });
      });
      table.close();
      test.expect(table.different()).toEqual([]);
    },
  );
});
