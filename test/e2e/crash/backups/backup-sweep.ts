import { differences } from '../end-state.ts';
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

/** Plays the run again, struck, and compares its end with the undisturbed one. */
export async function strikeBackups(
  { site, scenario, end: expected }: UndisturbedRun,
  strike: BackupStrike,
  name: string,
): Promise<StruckRun> {
  const startedMs = performance.now();
  const row = { scenario: scenario.kind, victim: strike.victim, place: strike.place };
  const seconds = () => (performance.now() - startedMs) / 1000;
  try {
    const { reached, end } = await playBackups(site, scenario, name, strike);
    const mayFail = strike.victim === 'tool' || strike.victim === 'postgres';
    const isHonest = mayFail && isHonestFailure(expected, end);
    return {
      ...{ ...row, reached, outcome: end.outcome, seconds: seconds() },
      ...(isHonest && { failure: end.reason }),
      differences: [
        ...(isHonest ? [] : differences(comparable(expected), comparable(end))),
        ...end.wrong,
      ],
    };
  } catch (error) {
    // The next run needs a site to begin from.
    await backUpOnce(site, scenario).catch(() => undefined);
    return {
      ...row,
      reached: false,
      outcome: 'none',
      differences: [String(error)],
      seconds: seconds(),
    };
  }
}

function comparable({ outcome, done }: BackupEnd): object {
  return { outcome, ...done };
}

function isBefore(place: string): boolean {
  return place.endsWith(':before');
}
