import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildWithFailpoints } from '../bundles.ts';
import { StruckTable } from '../struck-table.ts';
import { spread } from '../sweep.ts';
import { World } from '../world.ts';
import { recoveryScenarios } from './recovery-scenarios.ts';
import { RecoverySite } from './recovery-site.ts';
import {
  playUndisturbedRecovery,
  strikeRecovery,
  strikesOf,
  type RecoveryStrike,
} from './recovery-sweep.ts';

/**
 * Of every kind, or of those in `BELAY_CRASH_KINDS=playbook,incident`: all places, or with
 * `BELAY_CRASH_POINTS=40` so many of them. Without it, two places of a playbook that is undone.
 */
const points = process.env['BELAY_CRASH_POINTS'];
const isSample = points === undefined;
const chosen = process.env['BELAY_CRASH_KINDS']?.split(',');
const scenarios = recoveryScenarios.filter(
  ({ name }) => chosen?.includes(name) ?? (!isSample || name === 'undonePlaybook'),
);
const limitMs = 12 * 60 * 60_000;

/** A statement was committed, and nobody was told; an undo is begun. */
function isInSample({ victim, place }: RecoveryStrike): boolean {
  return (
    (victim === 'agent' && place === 'executeSql#1:after') ||
    (victim === 'worker' && place === 'workflow-task(revertLease)#1')
  );
}

describe('a recovery by people, in which something is killed', () => {
  beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

  it(
    `ends as if nothing had happened, with each act done once, and nothing left behind: ${scenarios.map(({ name }) => name).join()}`,
    { timeout: limitMs },
    async (context) => {
      const folder = await mkdtemp(join(tmpdir(), 'belay-bundles-'));
      const world = await World.open({ platform: false });
      const table = new StruckTable();
      let site: RecoverySite | undefined;
      try {
        const bundle = await buildWithFailpoints(folder);
        site = await RecoverySite.open(world, { name: 'people', bundle });
        if (site === undefined) return context.skip('PostgreSQL is not installed');
        for (const scenario of scenarios) {
          const run = await playUndisturbedRecovery(site, scenario);
          const all = strikesOf(run);
          const strikes = isSample
            ? all.filter(isInSample)
            : spread(all, points === 'all' ? all.length : Number(points));
          process.stdout.write(`${scenario.name}: ${strikes.length} of ${all.length} strikes\n`);
          expect(strikes, 'places to strike').not.toEqual([]);
          for (const [index, strike] of strikes.entries()) {
            table.add(await strikeRecovery(run, strike, `${index + 1}`));
          }
        }
      } finally {
        await site?.close();
        await world.close();
        await rm(folder, { recursive: true, force: true });
      }
      table.close();
      expect(table.different()).toEqual([]);
    },
  );
});
