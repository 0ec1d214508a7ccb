import { DefaultLogger, Runtime } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { isChosenKind, sweepScenario } from '../chosen-strikes.ts';
import { sweepInWorld } from '../sweep-in-world.ts';
import { recoveryScenarios } from './recovery-scenarios.ts';
import { RecoverySite } from './recovery-site.ts';
import {
  playUndisturbedRecovery,
  strikeRecovery,
  strikeRecoveryTogether,
  strikesOf,
  type RecoveryStrike,
} from './recovery-sweep.ts';

const scenarios = recoveryScenarios.filter(({ name }) =>
  isChosenKind(name, name === 'undonePlaybook'),
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
      const different = await sweepInWorld(
        async ({ world, bundle }) =>
          (await RecoverySite.open(world, { name: 'people', bundle })) ??
          context.skip('PostgreSQL is not installed'),
        async (site, table) => {
          for (const scenario of scenarios) {
            const run = await playUndisturbedRecovery(site, scenario);
            await sweepScenario(table, {
              ...{ scenario: scenario.name, all: strikesOf(run) },
              sampleOf: (all) => all.filter(isInSample),
              strike: (strike, name) => strikeRecovery(run, strike, name),
              strikeTogether: (strikes, name) => strikeRecoveryTogether(run, strikes, name),
            });
          }
        },
      );
      expect(different).toEqual([]);
    },
  );
});
