import { describe, it } from 'vitest';
import { isChosenKind } from '../chosen-strikes.ts';
import { StruckTable } from '../struck-table.ts';
import { sideBySide } from '../sweep.ts';
import { backupScenarios } from './backup-scenarios.ts';
import { playUndisturbedBackups, strikeBackups } from './backup-sweep.ts';
import { victims } from './backup-trial.ts';
import { seeded } from '../../../../bench/analysis/random.ts';
import { backupPrograms, useBackupSites } from './use-backup-sites.ts';

const seed = Number(process.env['BELAY_CRASH_SEED'] ?? 1);
const times = 50;
/** The end of a run is soon missed on a machine that is less busy now. */
const mostOfRun = 0.9;
const lanes = Number(process.env['BELAY_CRASH_LANES'] ?? 2);
const limitMs = 12 * 60 * 60_000;

describe.skipIf(backupPrograms === undefined)(
  'a run about backups, in which something is killed at any time',
  () => {
    const openSite = useBackupSites();

    it(
      `ends as if nothing had happened or says what failed (seed ${seed})`,
      { timeout: limitMs },
      async ({ expect }) => {
        const random = seeded(seed);
        const planned = Array.from({ length: times }, (_, index) => ({
          kind: backupScenarios[index % backupScenarios.length]!.kind,
          ...{ victim: Math.floor(random() * victims.length), at: random(), index },
        }));
        const scenarios = backupScenarios.filter(({ kind }) => isChosenKind(kind, true));
        const table = new StruckTable();
        await sideBySide(lanes, scenarios, async (scenario) => {
          const site = await openSite(scenario.kind.toLowerCase());
          const run = await playUndisturbedBackups(site, scenario);
          for (const { victim, at, index } of planned.filter(
            ({ kind }) => kind === scenario.kind,
          )) {
            const afterMs = Math.round(at * mostOfRun * run.ranMs);
            const one = victims[victim]!;
            const strike = { victim: one, afterMs, place: `after ${afterMs} ms` };
            table.add(await strikeBackups(run, strike, `random-${index + 1}`));
          }
        });
        table.close();
        expect(table.different()).toEqual([]);
      },
    );
  },
);
