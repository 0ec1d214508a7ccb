import { defineConfig } from 'vitest/config';

/** Tests that start servers, workers or whole installations. */
const slow = ['test/e2e/**/*.test.ts', 'test/packaging/**/*.test.ts', 'test/**/*.e2e.test.ts'];
/** Long, and seldom what a change breaks: `scripts/test nightly`. */
const nightly = [
  'test/adapters/pgbackrest/bucket-away.e2e.test.ts',
  'test/adapters/restic/missing-data.e2e.test.ts',
  'test/agent/chaos/killed-agent.e2e.test.ts',
  'test/bench/**/*.e2e.test.ts',
  'test/cli/schedules/long-absence.e2e.test.ts',
  'test/cli/backups-postgres.e2e.test.ts',
  'test/cli/chaos.e2e.test.ts',
  'test/cli/chaos-on-hosts.e2e.test.ts',
  'test/cli/patroni.e2e.test.ts',
  'test/cli/point-in-time.e2e.test.ts',
  'test/deploy/recovery/profile.e2e.test.ts',
  'test/e2e/crash/backups/random-times.test.ts',
  'test/e2e/crash/databases/losses.test.ts',
  'test/e2e/crash/databases/split-brain.test.ts',
  'test/e2e/crash/regions/region-moves.test.ts',
  'test/e2e/crash/servers.test.ts',
  'test/scripts/one-node-cluster/lifecycle.e2e.test.ts',
  'test/temporal-on-postgres/two-servers.e2e.test.ts',
  'test/workflows/chaos/stopped-campaign.e2e.test.ts',
  'test/workflows/chaos/tracks-without-workers.e2e.test.ts',
  'test/workflows/recovery/returned-host.e2e.test.ts',
];
/** Plays many runs at once: has the machine to itself. */
const crowded = ['test/e2e/crash/crash.test.ts', 'test/e2e/crash/*/every-place.test.ts'];
const kubernetes = ['test/kubernetes/**/*.test.ts'];
/** Whole rollouts by the dozen, races held open on purpose, and a real Velero and Chaos Mesh, which want a machine to themselves: `scripts/test proofs`. */
const proofs = [
  'test/kubernetes/lost-requests.test.ts',
  'test/kubernetes/crash.test.ts',
  'test/kubernetes/colours.test.ts',
  'test/kubernetes/adoptions/**/*.test.ts',
  'test/kubernetes/strategies/**/*.test.ts',
  'test/kubernetes/velero.test.ts',
  'test/kubernetes/chaos-mesh.test.ts',
  'test/kubernetes/tracks-experiment.test.ts',
];
/** They leave nothing behind in their process, and need none of their own, which costs more than their tests. */
const shared = [
  'test/{policies,render,specs}/**/*.test.ts',
  'test/{cli,config,contracts,deploy,gateway,http,kinds}/**/*.test.ts',
  'test/activities/**/*.test.ts',
  'test/adapters/{kubernetes,kubernetes-api,kubernetes-objects,velero}/**/*.test.ts',
  'test/adapters/{pgbackrest,postgres,restic}/**/*.test.ts',
  'test/adapters/{json-http,playbooks,prometheus,temporal}/**/*.test.ts',
  'test/agent/{acts,backups,databases}/**/*.test.ts',
  'test/telemetry/metrics/**/*.test.ts',
];
const replay = ['test/histories/**/*.test.ts'];
/** On a machine that others load, a real server may answer late once; the summary lists what was tried again. */
const retry = process.env['CI'] === undefined ? 0 : 1;

export default defineConfig({
  test: {
    pool: 'forks',
    retry,
    expect: { poll: { timeout: 30_000 } },
    // A summary names everything that differs.
    chaiConfig: { truncateThreshold: 0 },
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: shared,
          exclude: slow,
          isolate: false,
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...slow, ...kubernetes, ...shared, ...replay],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'replay',
          include: replay,
          testTimeout: 300_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: slow,
          exclude: [...crowded, ...nightly],
          globalSetup: 'test/setup/fetch-programs.ts',
          maxWorkers: 2,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'crowded',
          include: crowded,
          globalSetup: 'test/setup/fetch-programs.ts',
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'kubernetes',
          include: kubernetes,
          exclude: process.env['BELAY_PROOFS'] === undefined ? proofs : [],
          globalSetup: 'test/setup/start-cluster.ts',
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'nightly',
          include: nightly,
          globalSetup: 'test/setup/fetch-programs.ts',
          maxWorkers: 1,
          testTimeout: 300_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
