import { describe, it } from 'vitest';
import type { BackupKind } from '../../../../src/kinds/workflow-types.ts';
import { StruckTable } from '../struck-table.ts';
import { isWanted, sideBySide, spread } from '../sweep.ts';
import { backupScenarios } from './backup-scenarios.ts';
import { playUndisturbedBackups, strikeBackups, strikesOf } from './backup-sweep.ts';
import { victims, type BackupStrike, type Victim } from './backup-trial.ts';
import { pointInTimeScenario } from './recovered-orders.ts';
import { backupPrograms, useBackupSites } from './use-backup-sites.ts';

/**
 * Of every kind, or of those in `BELAY_CRASH_KINDS=restore,backup`: all places, or with
 * `BELAY_CRASH_POINTS=40` so many of them. Without it, a sample of two kinds that use most.
 * `BELAY_CRASH_PART=2/3` takes every third of them, beginning with the second: three such parts are all;
 * `BELAY_CRASH_PLACES=psql-#1:,pg_amcheck-` those whose names begin so; `BELAY_CRASH_VICTIMS=postgres,worker`
 * those of these.
 */
const points = process.env['BELAY_CRASH_POINTS'];
const chosenVictims = process.env['BELAY_CRASH_VICTIMS']?.split(',');
const isSample = points === undefined;
const [part = 1, parts = 1] = (process.env['BELAY_CRASH_PART'] ?? '1/1').split('/').map(Number);
const chosen = process.env['BELAY_CRASH_KINDS']?.split(',');
const sample: Partial<Record<BackupKind, Victim[]>> = {
  backup: ['agent', 'tool'],
  restoreDrill: ['worker', 'postgres'],
};
const scenarios = [...backupScenarios, pointInTimeScenario].filter(
  ({ kind }) => chosen?.includes(kind) ?? (!isSample || sample[kind] !== undefined),
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
          const all = strikesOf(run).filter(
            ({ place, victim }) => isWanted(place) && (chosenVictims?.includes(victim) ?? true),
          );
          const strikes = isSample
            ? middleOf(all, sample[scenario.kind] ?? victims)
            : spread(all, points === 'all' ? all.length : Number(points)).filter(
                (_, index) => index % parts === part - 1,
              );
          process.stdout.write(`${scenario.kind}: ${strikes.length} of ${all.length} strikes\n`);
          for (const [index, strike] of strikes.entries()) {
            table.add(await strikeBackups(run, strike, `${index + 1}`));
          }
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
