import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { lastLogLines } from '../../../src/embedded/log-lines.ts';
import {
  describeExit,
  spawnLogged,
  type SpawnedProcess,
} from '../../../src/processes/spawn-logged.ts';
import { startControl } from '../../../workers/start-control.ts';
import { eventually } from '../../fixtures/eventually.ts';
import type { Bundles } from './bundles.ts';
import { readEndState, type EndState } from './end-state.ts';
import { passedFile, reachedFile, release, type Trap } from './failpoints.ts';
import type { Scenario } from './scenarios.ts';
import type { MakeSite } from './site.ts';
import { Stand } from './stand.ts';
import type { Ground, World } from './world.ts';

export interface Bench {
  world: World;
  bundles: Bundles;
  makeSite: MakeSite;
}

export interface Strike {
  place: string;
  victim: 'worker' | Ground;
}

export interface Played {
  /** The places that the worker passed, in order; of an undisturbed run only. */
  passed: string[];
  reached: boolean;
  end: EndState;
}

/** From a place in the story to the moment its worker stands there. */
const reachLimitMs = 90_000;
/** From a rollout's end until the last watch that was called off has learnt of it. */
const lateWatchMs = 10_000;

/** Plays a scenario from its first release to its end, struck at most once. */
export async function play(
  bench: Bench,
  scenario: Scenario,
  name: string,
  strike?: Strike,
): Promise<Played> {
  const stand = new Stand(bench.world, name, bench.makeSite);
  const folder = join(bench.world.home, 'trials', name);
  await mkdir(folder, { recursive: true });
  const trap: Trap = {
    folder,
    ...(strike && { place: strike.place, then: strike.victim === 'worker' ? 'die' : 'halt' }),
  };
  const worker = await startDoomedWorker(bench, stand, trap);
  let recovery = nothingToRecover;
  try {
    await stand.serve(scenario.earlier);
    await stand.start(scenario.spec);
    const story = Promise.all([stand.result(), scenario.people(stand)]);
    story.catch(() => undefined);
    if (strike) {
      recovery = await strikeAsTold(bench, stand, { folder, worker, story, strike });
    }
    const [result] = await story;
    await stand.hush();
    const end = await readEndState(stand, result);
    const passed = strike ? [] : await eventually(() => placesPassed(folder));
    return { passed, reached: existsSync(reachedFile(folder)), end };
  } catch (error) {
    const lines = await lastLogLines(join(folder, 'worker.log'), 5);
    throw new Error([`${name}: ${String(error)}`, ...lines].join('\n'), { cause: error });
  } finally {
    await stand.hush();
    await recovery.stop();
    await endDoomedWorker(worker);
    await stand.site.close?.();
  }
}

/** A watch that was called off learns of it late, maybe after the rollout has ended. */
async function placesPassed(folder: string): Promise<string[]> {
  const passed = (await readFile(passedFile(folder), 'utf8')).trim().split('\n');
  const begun = passed.filter((place) => place.endsWith(':before'));
  const open = begun.filter((place) => !passed.includes(place.replace(/before$/, 'after')));
  if (open.length > 0) throw new Error(`no end yet of what began at ${open.join(', ')}`);
  return passed;
}

interface Recovery {
  stop(): Promise<void>;
}

const nothingToRecover: Recovery = { stop: async () => {} };

interface Struck {
  folder: string;
  worker: SpawnedProcess;
  story: Promise<unknown>;
  strike: Strike;
}

async function strikeAsTold(bench: Bench, stand: Stand, struck: Struck): Promise<Recovery> {
  const { folder, worker, story } = struck;
  const { victim, place } = struck.strike;
  if (victim !== 'worker') {
    await eventually(() => readFile(reachedFile(folder)), reachLimitMs);
    const killAndBringBack = async () => {
      await bench.world.kill(victim);
      await release(folder, place);
      await bench.world.bringBack(victim);
    };
    // While the platform is dead nobody can be answered; before and after, everybody must be.
    await (victim === 'platform' ? stand.withoutCallers(killAndBringBack) : killAndBringBack());
    return nothingToRecover;
  }
  const endedLongAgo = story.then(() => sleep(lateWatchMs));
  await Promise.race([worker.exited, endedLongAgo, sleep(reachLimitMs)]);
  if (!existsSync(reachedFile(folder))) return nothingToRecover;
  const exit = describeExit(await worker.exited);
  if (exit !== 'SIGKILL') throw new Error(`the worker ended with ${exit}`);
  return startHealthyWorker(bench, stand.taskQueue, stand.site.settings);
}

/** In this very process: nothing of it is new but that it is alive. */
export async function startHealthyWorker(
  { world, bundles }: Pick<Bench, 'world' | 'bundles'>,
  taskQueue: string,
  settings: Record<string, string> = {},
): Promise<Recovery> {
  const control = await startControl(world.config(taskQueue, settings), {
    workflowBundle: { codePath: bundles.plain },
  });
  const running = control.run();
  return {
    stop: async () => {
      control.shutdown();
      await running;
      await control.close();
    },
  };
}

function startDoomedWorker(
  { world, bundles }: Bench,
  { taskQueue, site }: Stand,
  trap: Trap,
): Promise<SpawnedProcess> {
  const program = fileURLToPath(new URL('./doomed-worker.ts', import.meta.url));
  const orders = JSON.stringify({ bundle: bundles.withFailpoints, trap });
  return spawnLogged(process.execPath, ['--import', typescriptLoader, program, orders], {
    logFile: join(trap.folder, 'worker.log'),
    env: { ...process.env, ...world.workerEnvironment(taskQueue), ...site.settings },
  });
}

const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

async function endDoomedWorker({ pid, exited }: SpawnedProcess): Promise<void> {
  const hasExited = await Promise.race([exited.then(() => true), sleep(0, false)]);
  if (!hasExited) process.kill(pid, 'SIGKILL');
  await exited;
}
