import { compareEnds, compareTogether, everyStrike } from '../struck-end.ts';
import type { StruckRun } from '../struck-table.ts';
import type { DatabaseScenario } from './database-scenarios.ts';
import type { DatabaseSite } from './database-site.ts';
import { playDatabaseRun, type DatabaseStrike, type PlayedDatabaseRun } from './database-trial.ts';

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
  return everyStrike(passed, polled);
}

export function strikeDatabaseRun(
  { site, scenario, end: expected }: UndisturbedDatabaseRun,
  strike: DatabaseStrike,
  name: string,
): Promise<StruckRun> {
  return compareEnds(
    { scenario: scenario.name, victim: strike.victim, place: strike.place },
    {
      expected,
      play: async () => {
        const { reached, end } = await playDatabaseRun(site, scenario, name, [strike]);
        return { reached: reached.length > 0, end };
      },
      renew: () => site.renew(),
    },
  );
}

export function strikeDatabaseRunTogether(
  { site, scenario, end: expected }: UndisturbedDatabaseRun,
  strikes: readonly DatabaseStrike[],
  name: string,
): Promise<StruckRun[]> {
  return compareTogether(scenario.name, strikes, {
    expected,
    play: () => playDatabaseRun(site, scenario, name, strikes),
    renew: () => site.renew(),
  });
}
