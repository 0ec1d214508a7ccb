import { differences } from '../end-state.ts';
import { withoutRepeats } from '../struck-processes.ts';
import type { StruckRun } from '../struck-table.ts';
import type { DatabaseEnd } from './database-end.ts';
import type { DatabaseScenario } from './database-scenarios.ts';
import type { DatabaseSite } from './database-site.ts';
import {
  playDatabaseRun,
  stages,
  type DatabaseStrike,
  type PlayedDatabaseRun,
} from './database-trial.ts';

const polled = /^(observeNode|examineNode|watchNode|reachServer|workflow-task)/;

/** A scenario as it goes when nobody strikes, on a site of its own. */
export interface UndisturbedDatabaseRun extends Pick<PlayedDatabaseRun, 'passed' | 'end'> {
  site: DatabaseSite;
  scenario: DatabaseScenario;
}

export async function playUndisturbedDatabaseRun(
  site: DatabaseSite,
  scenario: DatabaseScenario,
): Promise<UndisturbedDatabaseRun> {
  const played = await playDatabaseRun(site, scenario, 'undisturbed');
  const { end } = played;
  if (end.wrong.length > 0) throw new Error(`${end.reason}: ${end.wrong.join('; ')}`);
  return { ...played, site, scenario };
}

/** Every strike that there is of a scenario: of each victim, in the order of its places. */
export function strikesOf({ passed }: UndisturbedDatabaseRun): DatabaseStrike[] {
  const own = stages.flatMap((stage) =>
    withoutRepeats(passed[stage], polled).map((place) => ({ victim: stage, stage, place })),
  );
  const servers = withoutRepeats(passed.worker, polled).map((place) => ({
    ...{ victim: 'temporal' as const, stage: 'worker' as const },
    place,
  }));
  return [...own, ...servers];
}

/** Plays the run again, struck, and compares its end with the undisturbed one. */
export async function strikeDatabaseRun(
  { site, scenario, end: expected }: UndisturbedDatabaseRun,
  strike: DatabaseStrike,
  name: string,
): Promise<StruckRun> {
  const startedMs = performance.now();
  const row = { scenario: scenario.name, victim: strike.victim, place: strike.place };
  const seconds = () => (performance.now() - startedMs) / 1000;
  try {
    const { reached, end } = await playDatabaseRun(site, scenario, name, strike);
    const found = [...differences(comparable(expected), comparable(end)), ...end.wrong];
    if (found.length > 0) found.push(`it said: ${end.reason}`);
    if (end.wrong.length > 0) await site.renew();
    return { ...row, reached, outcome: end.outcome, seconds: seconds(), differences: found };
  } catch (error) {
    await site.renew();
    return {
      ...{ ...row, reached: false, outcome: 'none' },
      ...{ differences: [String(error)], seconds: seconds() },
    };
  }
}

function comparable({ outcome, done }: DatabaseEnd): object {
  return { outcome, ...done };
}
