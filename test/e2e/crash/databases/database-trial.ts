import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { NodeWriters } from '../../../fixtures/node-writers.ts';
import { passedFile, reachedFile, releasedFile, type Trap } from '../failpoints.ts';
import type { RestartedProcess } from '../restarted-process.ts';
import { resultOf, watchEnd } from '../run-story.ts';
import { readDatabaseEnd, type DatabaseEnd } from './database-end.ts';
import type { DatabaseScenario, Roles } from './database-scenarios.ts';
import type { DatabaseSite } from './database-site.ts';

/** Whose places they are: agents by what their nodes are when the run begins. */
export const stages = ['worker', 'former', 'next', 'other', 'pool'] as const;
export type Stage = (typeof stages)[number];

/** The Temporal server is killed at a place of the worker, which waits there. */
export interface DatabaseStrike {
  victim: Stage | 'temporal';
  stage: Stage;
  place: string;
}

export interface PlayedDatabaseRun {
  passed: Record<Stage, string[]>;
  reached: boolean;
  end: DatabaseEnd;
}

/** Rows of one trial have numbers of their own. */
const idsPerTrial = 1_000_000;
const awayMs = 500;
/** Of a run that an agent or a worker was missed in. */
const endsWithinMs = 120_000;
let trials = 0;

/** Plays a run, struck at most once, and reads what it left. */
export async function playDatabaseRun(
  site: DatabaseSite,
  scenario: DatabaseScenario,
  name: string,
  strike?: DatabaseStrike,
): Promise<PlayedDatabaseRun> {
  const folder = join(site.home, 'trials', name);
  const former = await site.untilSound();
  const next = site.nodes.find((node) => node !== former) ?? former;
  const roles = { former, next };
  trials += 1;
  const firstId = trials * idsPerTrial;
  const writers = scenario.writers && new NodeWriters(site.nodes, firstId);
  try {
    await writers?.untilWriting();
    await scenario.prepare?.(site, roles);
    const played = await strikeRun({ site, scenario, roles, folder }, strike);
    // What a former primary would take is written now.
    await writers?.untilWriting();
    await writers?.stop();
    const nextId = firstId + idsPerTrial / 2;
    const end = await readDatabaseEnd(site, scenario, { ...played, roles, writers, nextId });
    return { passed: await placesPassed(folder), reached: played.reached, end };
  } finally {
    await writers?.stop();
  }
}

interface Staged {
  site: DatabaseSite;
  scenario: DatabaseScenario;
  roles: Roles;
  folder: string;
}

async function strikeRun(
  { site, scenario, roles, folder }: Staged,
  strike: DatabaseStrike | undefined,
): Promise<{ report: RunReport; reached: boolean }> {
  const processes = processesOf(site, roles);
  await setTraps(site, { processes, folder, strike });
  try {
    const { kind, plan: more, spec } = scenario;
    const plan = site.plan(more);
    const written = kind === 'databaseWatch' ? plan : { kind, plan, ...spec?.(roles) };
    const handle = await site.start(kind, written);
    const story = resultOf(handle, scenario.name, endsWithinMs);
    story.catch(() => undefined);
    const people = scenario.meanwhile?.(handle, roles, story) ?? Promise.resolve();
    people.catch(() => undefined);
    const reached = strike ? await strikeOf({ site, processes, folder }, strike, story) : false;
    await people;
    return { report: await story, reached };
  } finally {
    for (const [, { name }] of processes) await rm(site.trapFileOf(name), { force: true });
    for (const [, { process }] of processes) if (await process.isDead()) await process.start();
  }
}

type Processes = Map<Stage, { name: string; process: RestartedProcess }>;

function processesOf(site: DatabaseSite, { former, next }: Roles): Processes {
  const stageOf = (name: string): Stage => {
    if (name === former.name) return 'former';
    if (name === next.name) return 'next';
    return name === 'pool' ? 'pool' : 'other';
  };
  return new Map([
    ['worker', { name: 'worker', process: site.worker }],
    ...[...site.agents].map(([name, process]) => [stageOf(name), { name, process }] as const),
  ]);
}

async function setTraps(
  site: DatabaseSite,
  {
    processes,
    folder,
    strike,
  }: { processes: Processes; folder: string; strike: DatabaseStrike | undefined },
): Promise<void> {
  for (const [stage, { name }] of processes) {
    if (strike && strike.stage !== stage) continue;
    const own = join(folder, stage);
    await mkdir(own, { recursive: true });
    const trap: Trap = {
      folder: own,
      ...(strike && { place: strike.place }),
      then: strike?.victim === stage ? 'die' : 'halt',
    };
    await writeFile(site.trapFileOf(name), JSON.stringify(trap));
  }
}

/** Whether the place was reached. */
async function strikeOf(
  { site, processes, folder }: { site: DatabaseSite; processes: Processes; folder: string },
  { victim, stage }: DatabaseStrike,
  story: Promise<unknown>,
): Promise<boolean> {
  const hasEnded = watchEnd(story);
  const own = join(folder, stage);
  const isReached = () => existsSync(reachedFile(own));
  while (!isReached() && !hasEnded()) await sleep(20);
  if (!isReached()) return false;
  if (victim === 'temporal') {
    await site.world.kill('temporal');
    await sleep(awayMs);
    await site.world.bringBack('temporal');
    await writeFile(releasedFile(own), '');
    return true;
  }
  const struck = processes.get(victim)?.process;
  await struck?.untilDead();
  await struck?.start();
  return true;
}

async function placesPassed(folder: string): Promise<Record<Stage, string[]>> {
  const passed: Partial<Record<Stage, string[]>> = {};
  for (const stage of stages) {
    const text = await readFile(passedFile(join(folder, stage)), 'utf8').catch(() => '');
    passed[stage] = [...new Set(text.split('\n').filter((line) => line !== ''))];
  }
  return passed as Record<Stage, string[]>;
}
