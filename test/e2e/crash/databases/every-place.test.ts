import { join } from 'node:path';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { beforeAll, describe, expect, it } from 'vitest';
import { findPgBouncer } from '../../../../scripts/archived-postgres/pooler.ts';
import type { ReplicatedNode } from '../../../../scripts/archived-postgres/replicated-database.ts';
import { requireBackupPrograms } from '../../../fixtures/backups/find-programs.ts';
import { isChosenKind, sweepScenario } from '../chosen-strikes.ts';
import { TwoClusters } from '../regions/two-clusters.ts';
import { sweepInWorld, type Surroundings } from '../sweep-in-world.ts';
import { databaseScenarios, type DatabaseScenario } from './database-scenarios.ts';
import { DatabaseSite } from './database-site.ts';
import {
  playUndisturbedDatabaseRun,
  strikeDatabaseRun,
  strikeDatabaseRunTogether,
  strikesOf,
} from './database-sweep.ts';
import type { DatabaseStrike } from './database-trial.ts';

const scenarios = databaseScenarios.filter(({ name }) =>
  isChosenKind(name, name === 'approvedFailover'),
);
const limitMs = 12 * 60 * 60_000;
const programs = await requireBackupPrograms('crashes in recoveries of databases');
const pgbouncer = await findPgBouncer();

/** Right after its lock, at the commit point, and after it. */
function isInSample({ victim, place }: DatabaseStrike): boolean {
  return (
    (victim === 'worker' && place === 'resolveSpec#1:before') ||
    (victim === 'next' && place === 'promoteNode#1:after') ||
    (victim === 'former' && place === 'fenceNode#1:after')
  );
}

describe.skipIf(programs === undefined)(
  'a recovery of a database, in which something is killed',
  () => {
    beforeAll(() => Runtime.install({ logger: new DefaultLogger('ERROR') }));

    it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
      'ends as if nothing had happened, with one primary that takes writes, and nothing left behind: %s',
      { timeout: limitMs },
      async (_, scenario) => {
        const different = await sweepInWorld(
          (around) => openSite(scenario, around),
          async (site, table) => {
            const run = await playUndisturbedDatabaseRun(site, scenario);
            await sweepScenario(table, {
              ...{ scenario: scenario.name, all: strikesOf(run) },
              sampleOf: (all) => all.filter(isInSample),
              strike: (strike, name) => strikeDatabaseRun(run, strike, name),
              strikeTogether: (strikes, name) => strikeDatabaseRunTogether(run, strikes, name),
            });
          },
        );
        expect(different).toEqual([]);
      },
    );
  },
);

async function openSite(
  { name, nodes, routed, regions }: DatabaseScenario,
  { world, folder, bundle }: Surroundings,
): Promise<DatabaseSite> {
  const clusters = regions && (await TwoClusters.start());
  return DatabaseSite.open(world, name.toLowerCase(), {
    ...{ programs: programs!.postgres, bundle, nodes },
    ...(routed && pgbouncer !== undefined && { pgbouncer }),
    ...(clusters && {
      ...{ clusters, settings: await clusters.settings(join(folder, 'kubeconfig')) },
      agents: withProbes,
    }),
  });
}

/** Each node, and a place that is in neither region, asks whether a node answers. */
function withProbes(nodes: readonly ReplicatedNode[]): Record<string, object> {
  const probes = Object.fromEntries(
    nodes.map(({ name, address }) => [`${name}-answers`, { tcp: address, timeout: '1s' }]),
  );
  return Object.fromEntries(
    [...nodes.map(({ name }) => name), 'office'].map((name) => [name, { probes }]),
  );
}
