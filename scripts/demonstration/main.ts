import { parseArgs } from 'node:util';
import { DemoFailed } from './expectation.ts';
import { openKubernetesStage } from './kubernetes-stage.ts';
import { openLocalStage } from './local-stage.ts';
import { Machine } from './machine.ts';
import { narrate } from './narration.ts';
import { runStory } from './story.ts';

const usage = `Usage: scripts/demo [--kubernetes] [--keep]

Deploys three versions of a sample service on this machine, kills a worker in the middle, and
shows what the traffic saw. Exits with 1 unless all of it went as it should.

  --kubernetes  on a real one-node Kubernetes with Traefik (Linux, root and Go; built at first use)
  --keep        leave everything running at the end, and say how to use and stop it
  --help        this text`;

const { values } = parseArgs({
  options: {
    kubernetes: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});

if (values.help) {
  narrate.plain(usage);
} else {
  process.exitCode = await demonstrate(values);
}

async function demonstrate({ kubernetes, keep }: typeof values): Promise<number> {
  const stage = kubernetes ? await openKubernetesStage({ keep }) : await openLocalStage();
  const machine = await Machine.start(stage.environment);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void machine
        .remove()
        .then(() => stage.close())
        .finally(() => process.exit(130));
    });
  }
  try {
    await runStory(machine, stage);
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
    await stage.close();
  }
}
