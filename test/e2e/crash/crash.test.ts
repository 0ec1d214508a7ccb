import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { buildBundles, type Bundles } from './bundles.ts';
import { localSites } from './local-site.ts';
import { asProcesses, inProcess, type MakeRelease } from './releases.ts';
import { promoted, scenarios } from './scenarios.ts';
import { playUndisturbed, sideBySide, spread, strikeOnce } from './sweep.ts';
import { printedTable } from './table.ts';
import { startHealthyWorker, type Bench } from './trial.ts';
import { World, type Ground } from './world.ts';

const sampledPlaces = 6;
const setupQueue = 'crash-setup';
const limitMs = 60 * 60_000;
/** Side by side: a rollout mostly waits. */
const lanes = 6;

describe.concurrent('a rollout that is struck ends as if nothing had happened', () => {
  let folder: string;
  let bundles: Bundles;

  beforeAll(async () => {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    });
    folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
    bundles = await buildBundles(folder);
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  const onBench = async (release: MakeRelease, work: (bench: Bench) => Promise<void>) => {
    const world = await World.open();
    try {
      const bench = { world, bundles, makeSite: localSites(release, setupQueue) };
      const setup = await startHealthyWorker(bench, setupQueue);
      await work(bench).finally(() => setup.stop());
    } finally {
      await world.close();
    }
  };

  it('wherever its worker is killed', { timeout: limitMs }, async ({ expect }) => {
    const table = printedTable();
    await onBench(inProcess, async (bench) => {
      const runs = await Promise.all(scenarios.map((scenario) => playUndisturbed(bench, scenario)));
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
  });

  const grounds: [words: string, ground: Ground][] = [
    ['the Temporal server', 'temporal'],
    ['the platform', 'platform'],
  ];
  it.for(grounds)('when %s is killed under it', { timeout: limitMs }, async ([, victim], test) => {
    const table = printedTable();
    await onBench(asProcesses, async (bench) => {
      const run = await playUndisturbed(bench, promoted);
      await sideBySide(1, chosen(kindsOfPlace, 2), async (place, index) => {
        table.add(await strikeOnce(bench, run, { place, victim }, `${victim}-${index + 1}`));
      });
    });
    table.close();
    test.expect(table.different()).toEqual([]);
  });
});

const kindsOfPlace = [
  'setWeight#1:before',
  'promoteCanary#1:after',
  'watchHold#1:during',
  'workflow-task(watchHold)#1',
];

/** All of them, or a sample spread evenly over the rollout. */
function chosen(places: string[], sample: number): string[] {
  return process.env['BELAY_CRASH_POINTS'] === 'all' ? places : spread(places, sample);
}
