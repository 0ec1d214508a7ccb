import { parseArgs } from 'node:util';
import { freePort } from '../../src/embedded/ports.ts';
import { DemoFailed } from './expectation.ts';
import { runChaosStory } from './chaos/chaos-story.ts';
import { SampleShop } from './chaos/sample-shop.ts';
import { openKubernetesStage } from './kubernetes-stage.ts';
import { openLocalStage } from './local-stage.ts';
import { Machine, type MachineOptions } from './machine.ts';
import { narrate } from './narration.ts';
import { runFailoverStory } from './recovery/failover-story.ts';
import { runPointInTimeStory } from './recovery/point-in-time-story.ts';
import { runRecoveryStory } from './recovery/recovery-story.ts';
import { SampleDatabase } from './recovery/sample-database.ts';
import { SampleReplicas } from './recovery/sample-replicas.ts';
import { runStory } from './story.ts';

const usage = `Usage: scripts/demo [--kubernetes] [--keep]
       scripts/demo recovery
       scripts/demo chaos

The first deploys three versions of a sample service on this machine, kills a worker in the middle,
and shows what the traffic saw. The second backs a PostgreSQL up while a client writes to it, kills
worker and agent in the middle, proves a restore, and finds damage in the repositories; finds a bad
transaction and undoes it; then kills the primary of a replicated one, fails it over, and brings the
former primary back (on Linux). The third
freezes and kills replicas of the sample service, delays requests to one of two tracks, and kills
everything, Temporal too, while packets are being lost: the fault ends by itself (on Linux; with root and iptables, else a process is frozen).
Each exits with 1 unless all of it went as it should.

  --kubernetes  on a real one-node Kubernetes with Traefik (Linux, root and Go; built at first use)
  --keep        leave everything running at the end, and say how to use and stop it
  --help        this text`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    kubernetes: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});

const [which, ...others] = positionals;
const demonstrations = {
  recovery: demonstrateRecovery,
  chaos: demonstrateChaos,
};
const named = Object.entries(demonstrations).find(([name]) => name === which)?.[1];
const isRefused =
  others.length > 0 ||
  (which !== undefined && (named === undefined || values.kubernetes || values.keep));

if (values.help || isRefused) {
  narrate.plain(usage);
  if (isRefused) process.exitCode = 2;
} else {
  process.exitCode = await (named?.() ?? demonstrate(values));
}

async function demonstrate({ kubernetes, keep }: typeof values): Promise<number> {
  const stage = kubernetes ? await openKubernetesStage({ keep }) : await openLocalStage();
  return tell({
    keep,
    options: { besides: stage.environment },
    story: (machine) => runStory(machine, stage),
    close: () => stage.close(),
  });
}

async function demonstrateRecovery(): Promise<number> {
  narrate.scene(
    'A PostgreSQL with pgBackRest and two repositories; two that stream, and a PgBouncer',
  );
  const database = await SampleDatabase.start();
  const replicas = await SampleReplicas.start().catch(async (error: unknown) => {
    await database.close();
    throw error;
  });
  return tell({
    keep: false,
    options: {
      agentSettings: (folder) => database.agentSettings(folder, replicas.agentSettings()),
    },
    story: async (machine) => {
      await runRecoveryStory(machine, database);
      await runPointInTimeStory(machine, database);
      await runFailoverStory(machine, replicas);
    },
    close: async () => {
      await replicas.close();
      await database.close();
    },
  });
}

async function demonstrateChaos(): Promise<number> {
  narrate.scene(
    'Two replicas of the sample service behind a balancer, each as if on a host of its own',
  );
  const shop = await SampleShop.start();
  const startedAtMs = performance.now();
  const exitCode = await tell({
    keep: false,
    options: {
      agentSettings: (folder) => shop.observerSettings(folder),
      // At the usual one, a worker of somebody else that waits for a server there would join in.
      temporalPort: await freePort(),
    },
    story: (machine) => runChaosStory(machine, shop),
    close: () => shop.close(),
  });
  narrate.plain(`\nThat took ${Math.round((performance.now() - startedAtMs) / 1_000)} s.`);
  return exitCode;
}

interface Telling {
  keep: boolean;
  options: MachineOptions;
  story: (machine: Machine) => Promise<void>;
  close: () => Promise<void>;
}

/** Returns the exit code. */
async function tell({ keep, options, story, close }: Telling): Promise<number> {
  const machine = await Machine.start(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void machine
        .remove()
        .then(close)
        .finally(() => process.exit(130));
    });
  }
  try {
    await story(machine);
    if (keep) machine.leaveRunning();
    else await machine.remove();
    return 0;
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    narrate.failure(error.message);
    narrate.plain(await machine.lastWords());
    return 1;
  } finally {
    if (!keep) await machine.remove();
    await close();
  }
}
