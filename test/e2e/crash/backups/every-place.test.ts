import { describe, it } from 'vitest';
import type { BackupKind } from '../../../../src/kinds/workflow-types.ts';
import { isChosenKind, sweepScenario } from '../chosen-strikes.ts';
import { StruckTable } from '../struck-table.ts';
import { sideBySide } from '../sweep.ts';
import { backupScenarios } from './backup-scenarios.ts';
import {
  playUndisturbedBackups,
  strikeBackups,
  strikeBackupsTogether,
  strikesOf,
} from './backup-sweep.ts';
import { victims, type BackupStrike, type Victim } from './backup-trial.ts';
import { pointInTimeScenario } from './recovered-orders.ts';
import { backupPrograms, useBackupSites } from './use-backup-sites.ts';

/** Of the two kinds that use most. */
const sample: Partial<Record<BackupKind, Victim[]>> = {
  backup: ['agent', 'tool'],
  restoreDrill: ['worker', 'postgres'],
};
const scenarios = [...backupScenarios, pointInTimeScenario].filter(({ kind }) =>
  isChosenKind(kind, sample[kind] !== undefined),
);
/** Side by side: a run mostly waits. Each kind has a host of its own. */
const lanes = Number(process.env['BELAY_CRASH_LANES'] ?? 2);
const limitMs = 12 * 60 * 60_000;

describe.skipIf(backupPrograms === undefined)(
  'a run about backups, in which something is killed',
  () => {
    const openSite = useBackupSites();

    it(
      'ends as if nothing had happened or says what failed, wherever it is, and leaves nothing behind',
      { timeout: limitMs },
      async ({ expect }) => {
        const table = new StruckTable();
        await sideBySide(lanes, [...scenarios], async (scenario) => {
          const site = await openSite(scenario.kind.toLowerCase());
          const run = await playUndisturbedBackups(site, scenario);
          await sweepScenario(table, {
            ...{ scenario: scenario.kind, all: strikesOf(run) },
            sampleOf: (all) => middleOf(all, sample[scenario.kind] ?? victims),
            strike: (strike, name) => strikeBackups(run, strike, name),
            strikeTogether: (strikes, name) => strikeBackupsTogether(run, strikes, name),
          });
        });
        table.close();
        expect(table.different()).toEqual([]);
      },
    );
  },
);

/** One for each victim, in the middle of what it does. */
function middleOf(strikes: readonly BackupStrike[], of: readonly Victim[]): BackupStrike[] {
  return of.flatMap((one) => {
    const ofVictim = strikes.filter(({ victim }) => victim === one);
    return ofVictim.slice(Math.floor(ofVictim.length / 2)).slice(0, 1);
  });
}
