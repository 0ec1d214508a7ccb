import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { rootCause } from '@temporalio/common';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { passedFile, reachedFile, release, type Trap } from '../failpoints.ts';
import { approve, endsWithinMs, resultOf, watchEnd } from '../run-story.ts';
import { readBackupEnd, type BackupEnd, type EndedRun } from './backup-end.ts';
import type { BackupScenario } from './backup-scenarios.ts';
import type { BackupSite } from './backup-site.ts';
import { backUpOnce } from './due-backup.ts';

/** All that belongs to one host, and its worker. */
export const victims = ['worker', 'agent', 'tool', 'postgres'] as const;
type OwnVictim = (typeof victims)[number];
/** The Temporal server is that of all hosts. */
export type Victim = OwnVictim | 'temporal';
/** Whose places they are. */
export type Stage = Exclude<OwnVictim, 'postgres'>;

/** At a place, or a while after the run has begun. */
export type BackupStrike = PlacedStrike | TimedStrike;

interface PlacedStrike {
  victim: Victim;
  stage: Stage;
  place: string;
}

interface TimedStrike {
  victim: OwnVictim;
  afterMs: number;
  place: string;
}

export interface PlayedRun {
  /** The places that were passed, in order; of an undisturbed run only. */
  passed: Record<Stage, string[]>;
  reached: readonly BackupStrike[];
  end: BackupEnd;
  /** From the start of the run to its end. */
  ranMs: number;
}

const quietWithinMs = 60_000;
const awayMs = 500;
/** It is missed, and what it did is done again. */
const longerPerStrikeMs = 30_000;

/** Plays a run, struck or not, and the backup that is due next. */
export async function playBackups(
  site: BackupSite,
  scenario: BackupScenario,
  name: string,
  strikes: readonly BackupStrike[] = [],
): Promise<PlayedRun> {
  const folder = join(site.home, 'trials', name);
  await scenario.prepare?.(site, () => backUpOnce(site, scenario));
  const before = await site.inventory();
  const timed = strikes.find((strike): strike is TimedStrike => 'afterMs' in strike);
  const chains = chainsOf(strikes);
  if (strikes.length === 0) for (const stage of stages) await setTrap(site, folder, stage);
  for (const [first] of chains) if (first) await setTrap(site, folder, first.stage, first);
  let report: EndedRun;
  let reached: readonly BackupStrike[];
  let story: Promise<RunReport> | undefined;
  try {
    const { plan = {}, spec = {}, kind } = scenario;
    const written = site.plan(scenario, plan);
    const usual = kind === 'backup' ? written : { kind, plan: written, ...spec };
    const handle = await site.start(kind, scenario.order?.(site) ?? usual);
    story = resultOf(handle, kind, endsWithinMs + strikes.length * longerPerStrikeMs);
    story.catch(() => undefined);
    const approved = scenario.needsApproval ? approve(handle, story) : Promise.resolve();
    const hasEnded = watchEnd(story);
    const struck = timed
      ? [strikeInTime(site, timed, hasEnded)]
      : chains.map((chain) => strikeInTurn(site, folder, chain, hasEnded));
    reached = (await Promise.all(struck)).flat();
    report = await story.catch(refusalOf);
    await approved;
  } finally {
    await clearTraps(site);
    await revive(site);
    // The next run of the same name cannot begin before.
    const ended = story?.catch(() => undefined);
    await Promise.race([ended, sleep(quietWithinMs, undefined, { ref: false })]);
  }
  const end = await readBackupEnd(site, scenario, { report, before });
  const ranMs = report.endedAtMs - report.startedAtMs;
  return { passed: await placesPassed(folder), reached, end, ranMs };
}

/** Of a run that failed before it did anything: a source that was away, for one. */
function refusalOf(error: unknown): EndedRun {
  if (!(error instanceof WorkflowFailedError)) throw error;
  const atMs = Date.now();
  const reason = rootCause(error.cause) ?? '';
  return { outcome: 'Refused', reason, steps: [], undo: [], startedAtMs: atMs, endedAtMs: atMs };
}

const trapFileOf = (site: BackupSite, stage: Stage) => join(site.home, `${stage}-trap.json`);

const stages = ['worker', 'agent', 'tool'] as const;

/** What is struck at places of the same process, in their order. */
function chainsOf(strikes: readonly BackupStrike[]): PlacedStrike[][] {
  const placed = strikes.filter((strike): strike is PlacedStrike => 'stage' in strike);
  return stages
    .map((stage) => placed.filter((strike) => strike.stage === stage))
    .filter((chain) => chain.length > 0);
}

async function setTrap(
  site: BackupSite,
  folder: string,
  stage: Stage,
  strike?: PlacedStrike,
): Promise<void> {
  const place = strike && { place: strike.place };
  const kills = strike?.victim === stage;
  const own = join(folder, stage);
  await mkdir(own, { recursive: true });
  await rm(reachedFile(own), { force: true });
  if (stage === 'tool') {
    await site.gates.set({ folder: own, ...place, then: kills ? 'die' : 'tell' });
    return;
  }
  const trap: Trap = { folder: own, ...place, then: kills ? 'die' : 'halt' };
  // Whoever reads it meanwhile reads all of it.
  const file = trapFileOf(site, stage);
  await writeFile(`${file}.new`, JSON.stringify(trap));
  await rename(`${file}.new`, file);
}

async function clearTraps(site: BackupSite): Promise<void> {
  await site.gates.clear();
  for (const stage of ['worker', 'agent'] as const) {
    await rm(trapFileOf(site, stage), { force: true });
  }
}

/** A tool runs now and then: it is the next one. */
async function strikeInTime(
  site: BackupSite,
  strike: TimedStrike,
  hasEnded: () => boolean,
): Promise<BackupStrike[]> {
  await sleep(strike.afterMs);
  while (!hasEnded()) {
    if (await kill(site, strike.victim, strike.afterMs)) return [strike];
    await sleep(20);
  }
  return [];
}

/** Those whose places were reached: the next trap is there before the process goes on. */
async function strikeInTurn(
  site: BackupSite,
  folder: string,
  chain: readonly PlacedStrike[],
  hasEnded: () => boolean,
): Promise<BackupStrike[]> {
  const reached: BackupStrike[] = [];
  for (const [index, strike] of chain.entries()) {
    const { victim, stage } = strike;
    const own = join(folder, stage);
    const isReached = () => existsSync(reachedFile(own));
    while (!isReached() && !hasEnded()) await sleep(20);
    if (!isReached()) return reached;
    reached.push(strike);
    const isProcess = victim === 'worker' || victim === 'agent';
    if (isProcess) await site[victim].untilDead();
    if (victim === 'postgres') await site.killDatabase();
    if (victim === 'temporal') {
      await site.world.kill('temporal');
      await sleep(awayMs);
      await site.world.bringBack('temporal');
    }
    const next = chain[index + 1];
    if (next) await setTrap(site, folder, stage, next);
    if (isProcess) await site[victim].start();
    await release(own, strike.place);
  }
  return reached;
}

/** Returns whether there was something to kill. */
async function kill(site: BackupSite, victim: OwnVictim, choice: number): Promise<boolean> {
  if (victim === 'worker' || victim === 'agent') {
    await site[victim].kill();
    await site[victim].start();
    return true;
  }
  if (victim === 'postgres') {
    await site.killDatabase();
    return true;
  }
  const running = await site.runningTools();
  const pid = running[choice % running.length];
  if (pid === undefined) return false;
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}

/** What a run that has ended meanwhile did not need any more. */
async function revive(site: BackupSite): Promise<void> {
  for (const one of ['worker', 'agent'] as const) {
    if (await site[one].isDead()) await site[one].start();
  }
}

async function placesPassed(folder: string): Promise<Record<Stage, string[]>> {
  const read = async (stage: Stage) => {
    const text = await readFile(passedFile(join(folder, stage)), 'utf8').catch(() => '');
    return [...new Set(text.split('\n').filter((line) => line !== ''))];
  };
  return { worker: await read('worker'), agent: await read('agent'), tool: await read('tool') };
}
