import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { afterAll, beforeAll } from 'vitest';
import { buildBundles, type Bundles } from './bundles.ts';
import { localSites } from './local-site.ts';
import type { MakeRelease } from './releases.ts';
import { spread } from './sweep.ts';
import { startHealthyWorker, type Bench } from './trial.ts';
import { World } from './world.ts';

const setupQueue = 'crash-setup';

/** A suite's means to do something in a world of its own. */
export function useBenches(): (
  release: MakeRelease,
  work: (bench: Bench) => Promise<void>,
) => Promise<void> {
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

  return async (release, work) => {
    const world = await World.open();
    try {
      const bench = { world, bundles, makeSite: localSites(release, setupQueue) };
      const setup = await startHealthyWorker(bench, setupQueue);
      await work(bench).finally(() => setup.stop());
    } finally {
      await world.close();
    }
  };
}

/** All of them, or a sample spread evenly over the rollout. */
export function chosen(places: string[], sample: number): string[] {
  return process.env['BELAY_CRASH_POINTS'] === 'all' ? places : spread(places, sample);
}
