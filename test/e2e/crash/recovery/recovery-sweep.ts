import { join } from 'node:path';
import { resultOf, watchEnd } from '../run-story.ts';
import { compareEnds, compareTogether, everyStrike } from '../struck-end.ts';
import { StruckProcesses, type ProcessStrike } from '../struck-processes.ts';
import type { StruckRun } from '../struck-table.ts';
import { readRecoveryEnd, type RecoveryEnd } from './recovery-end.ts';
import type { RecoveryScenario } from './recovery-scenarios.ts';
import type { RecoverySite } from './recovery-site.ts';

const stages = ['worker', 'agent'] as const;
type Stage = (typeof stages)[number];

export type RecoveryStrike = ProcessStrike<Stage>;

/** A scenario as it goes when nobody strikes. */
export interface UndisturbedRecovery {
  site: RecoverySite;
  scenario: RecoveryScenario;
  passed: Record<Stage, string[]>;
  end: RecoveryEnd;
}

interface Played {
  passed: Record<Stage, string[]>;
  reached: readonly RecoveryStrike[];
  end: RecoveryEnd;
}

/** Of a run that an agent or a worker was missed in. */
const endsWithinMs = 120_000;
/** And for each strike after the first. */
const longerPerStrikeMs = 30_000;
const polled = /^workflow-task/;

export async function playUndisturbedRecovery(
  site: RecoverySite,
  scenario: RecoveryScenario,
): Promise<UndisturbedRecovery> {
  const { passed, end } = await play(site, scenario, 'undisturbed');
  if (end.wrong.length > 0) throw new Error(`${end.reason}: ${end.wrong.join('; ')}`);
  return { site, scenario, passed, end };
}

/** Every strike that there is of a scenario: of each victim, in the order of its places. */
export function strikesOf({ passed }: UndisturbedRecovery): RecoveryStrike[] {
  return everyStrike(passed, polled);
}

export function strikeRecovery(
  { site, scenario, end: expected }: UndisturbedRecovery,
  strike: RecoveryStrike,
  name: string,
): Promise<StruckRun> {
  return compareEnds(
    { scenario: scenario.name, victim: strike.victim, place: strike.place },
    {
      expected,
      play: async () => {
        const { reached, end } = await play(site, scenario, name, [strike]);
        return { reached: reached.length > 0, end };
      },
      renew: () => site.end(scenario.kind),
    },
  );
}

export function strikeRecoveryTogether(
  { site, scenario, end: expected }: UndisturbedRecovery,
  strikes: readonly RecoveryStrike[],
  name: string,
): Promise<StruckRun[]> {
  return compareTogether(scenario.name, strikes, {
    expected,
    play: () => play(site, scenario, name, strikes),
    renew: () => site.end(scenario.kind),
  });
}

async function play(
  site: RecoverySite,
  scenario: RecoveryScenario,
  name: string,
  strikes: readonly RecoveryStrike[] = [],
): Promise<Played> {
  await site.reset();
  const folder = join(site.home, 'trials', `${scenario.name}-${name}`);
  const processes = new StruckProcesses<Stage>(
    site.world,
    folder,
    new Map(
      stages.map((stage) => [stage, { process: site[stage], trapFile: site.trapFileOf(stage) }]),
    ),
  );
  const start = async () => {
    const run = await site.start(scenario.kind, scenario.spec(site));
    const withinMs = endsWithinMs + Math.max(0, strikes.length - 1) * longerPerStrikeMs;
    const story = resultOf(run, scenario.name, withinMs);
    story.catch(() => undefined);
    const people = scenario.people(run, watchEnd(story));
    people.catch(() => undefined);
    return { story, people };
  };
  try {
    if (strikes.length === 0) await processes.listPlaces();
    const { reached, story, people } = await processes.strike(strikes, start);
    const report = await story;
    await people;
    const passed = {
      worker: await processes.passed('worker'),
      agent: await processes.passed('agent'),
    };
    return { passed, reached, end: await readRecoveryEnd(site, scenario, report) };
  } finally {
    await processes.clear();
  }
}
