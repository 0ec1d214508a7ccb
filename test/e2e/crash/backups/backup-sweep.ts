import { compareEnds, compareTogether } from '../struck-end.ts';
import { withoutRepeats } from '../struck-processes.ts';
import type { StruckRun } from '../struck-table.ts';
import { isHonestFailure, type BackupEnd } from './backup-end.ts';
import type { BackupScenario } from './backup-scenarios.ts';
import type { BackupSite } from './backup-site.ts';
import {
  playBackups,
  victims,
  type BackupStrike,
  type PlayedRun,
  type Stage,
  type Victim,
} from './backup-trial.ts';
import { backUpOnce } from './due-backup.ts';

const polled = /^(inspectCopy|workflow-task|psql|pg_controldata)/;

/** A scenario as it goes when nobody strikes, on a site of which it has the use. */
export interface UndisturbedRun extends Pick<PlayedRun, 'passed' | 'end' | 'ranMs'> {
  site: BackupSite;
  scenario: BackupScenario;
}

export async function playUndisturbedBackups(
  site: BackupSite,
  scenario: BackupScenario,
): Promise<UndisturbedRun> {
  // The first one finds another beginning than those after it: repositories that are empty, sets that have no copy yet.
  await backUpOnce(site, scenario);
  await playBackups(site, scenario, `${scenario.kind}-first`);
  const played = await playBackups(site, scenario, `${scenario.kind}-undisturbed`);
  if (played.end.wrong.length > 0) throw new Error(played.end.wrong.join('; '));
  return { ...played, site, scenario };
}

/** Every strike that there is of a scenario: of each victim, in the order of its places. */
export function strikesOf({ passed, scenario }: UndisturbedRun): BackupStrike[] {
  const at = (victim: BackupStrike['victim'], stage: Stage, places: string[]): BackupStrike[] =>
    withoutRepeats(places, polled).map((place) => ({ victim, stage, place }));
  const ofDatabase = scenario.components.includes('database');
  const all = [
    ...at('agent', 'agent', passed.agent),
    ...at('tool', 'tool', passed.tool),
    ...(ofDatabase
      ? [
          ...at('postgres', 'agent', passed.agent.filter(isBefore)),
          ...at(
            'postgres',
            'tool',
            passed.tool.filter((place) => place.endsWith(':works')),
          ),
        ]
      : []),
    ...at('worker', 'worker', passed.worker),
    ...at('temporal', 'worker', passed.worker),
  ];
  const wanted: readonly Victim[] = scenario.victims ?? victims;
  return all.filter(({ victim }) => wanted.includes(victim));
}

export function strikeBackups(
  run: UndisturbedRun,
  strike: BackupStrike,
  name: string,
): Promise<StruckRun> {
  const { victim, place } = strike;
  const play = async () => {
    const { reached, end } = await playBackups(run.site, run.scenario, name, [strike]);
    return { reached: reached.length > 0, end };
  };
  const struck = { scenario: run.scenario.kind, victim, place };
  return compareEnds(struck, { ...comparisonOf(run, [strike]), play });
}

export function strikeBackupsTogether(
  run: UndisturbedRun,
  strikes: readonly BackupStrike[],
  name: string,
): Promise<StruckRun[]> {
  const play = () => playBackups(run.site, run.scenario, name, strikes);
  return compareTogether(run.scenario.kind, strikes, { ...comparisonOf(run, strikes), play });
}

function comparisonOf(
  { site, scenario, end: expected }: UndisturbedRun,
  strikes: readonly BackupStrike[],
) {
  const mayFail = strikes.some(({ victim }) => victim === 'tool' || victim === 'postgres');
  return {
    expected,
    renew: () => backUpOnce(site, scenario).catch(() => undefined),
    isHonestFailure: (end: BackupEnd) => mayFail && isHonestFailure(expected, end),
  };
}

function isBefore(place: string): boolean {
  return place.endsWith(':before');
}
