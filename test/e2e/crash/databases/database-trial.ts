import { join } from 'node:path';
import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import { NodeWriters } from '../../../fixtures/node-writers.ts';
import { resultOf } from '../run-story.ts';
import { StruckProcesses, type ProcessStrike, type StruckProcess } from '../struck-processes.ts';
import { readDatabaseEnd, type DatabaseEnd } from './database-end.ts';
import type { DatabaseScenario, Roles } from './database-scenarios.ts';
import type { DatabaseSite } from './database-site.ts';

/** Whose places they are: agents by what their nodes are when the run begins. */
const stages = ['worker', 'former', 'next', 'other', 'pool'] as const;
export type Stage = (typeof stages)[number];

export type DatabaseStrike = ProcessStrike<Stage>;

export interface PlayedDatabaseRun {
  passed: Record<Stage, string[]>;
  reached: readonly DatabaseStrike[];
  end: DatabaseEnd;
}

/** Rows of one trial have numbers of their own. */
const idsPerTrial = 1_000_000;
/** Of a run that an agent or a worker was missed in. */
const endsWithinMs = 120_000;
/** And for each strike after the first. */
const longerPerStrikeMs = 30_000;
let trials = 0;

/** Plays a run, struck or not, and reads what it left. */
export async function playDatabaseRun(
  site: DatabaseSite,
  scenario: DatabaseScenario,
  name: string,
  strikes: readonly DatabaseStrike[] = [],
): Promise<PlayedDatabaseRun> {
  const former = await site.untilSound();
  const next = site.nodes.find((node) => node !== former) ?? former;
  const roles = { former, next };
  const processes = processesOf(site, roles, join(site.home, 'trials', name));
  trials += 1;
  const firstId = trials * idsPerTrial;
  const writers = scenario.writers && new NodeWriters(site.nodes, firstId);
  try {
    await writers?.untilWriting();
    await scenario.prepare?.(site, roles);
    const played = await strikeRun({ site, scenario, roles, processes }, strikes);
    // What a former primary would take is written now.
    await writers?.untilWriting();
    await writers?.stop();
    const nextId = firstId + idsPerTrial / 2;
    const end = await readDatabaseEnd(site, scenario, { ...played, roles, writers, nextId });
    return { passed: await placesPassed(processes), reached: played.reached, end };
  } finally {
    await writers?.stop();
  }
}

interface Staged {
  site: DatabaseSite;
  scenario: DatabaseScenario;
  roles: Roles;
  processes: StruckProcesses<Stage>;
}

async function strikeRun(
  { site, scenario, roles, processes }: Staged,
  strikes: readonly DatabaseStrike[],
): Promise<{ report: RunReport; reached: readonly DatabaseStrike[] }> {
  const start = async () => {
    const { kind, plan: more, spec } = scenario;
    const plan = site.plan(more);
    const written = kind === 'databaseWatch' ? plan : { kind, plan, ...spec?.(roles) };
    const handle = await site.start(kind, scenario.order?.(site, roles) ?? written);
    const withinMs = endsWithinMs + Math.max(0, strikes.length - 1) * longerPerStrikeMs;
    const story = resultOf(handle, scenario.name, withinMs);
    story.catch(() => undefined);
    const people = scenario.meanwhile?.(handle, roles, story) ?? Promise.resolve();
    people.catch(() => undefined);
    return { story, people };
  };
  try {
    if (strikes.length === 0) await processes.listPlaces();
    const { reached, story, people } = await processes.strike(strikes, start);
    await people;
    return { report: await story, reached };
  } finally {
    await processes.clear();
  }
}

function processesOf(
  site: DatabaseSite,
  { former, next }: Roles,
  folder: string,
): StruckProcesses<Stage> {
  const stageOf = (name: string): Stage => {
    if (name === former.name) return 'former';
    if (name === next.name) return 'next';
    return name === 'pool' ? 'pool' : 'other';
  };
  const processes = new Map<Stage, StruckProcess>([
    ['worker', { process: site.worker, trapFile: site.trapFileOf('worker') }],
  ]);
  for (const [name, process] of site.agents) {
    processes.set(stageOf(name), { process, trapFile: site.trapFileOf(name) });
  }
  return new StruckProcesses(site.world, folder, processes);
}

async function placesPassed(processes: StruckProcesses<Stage>): Promise<Record<Stage, string[]>> {
  const passed: Partial<Record<Stage, string[]>> = {};
  for (const stage of stages) passed[stage] = await processes.passed(stage);
  return passed as Record<Stage, string[]>;
}
