import { parseArgs } from 'node:util';
import { DemoFailed } from './expectation.ts';
import { Machine } from './machine.ts';
import { tell } from './narration.ts';
import { runStory } from './story.ts';

const usage = `Usage: scripts/demo [--keep]

Deploys three versions of a sample service on this machine, kills a worker in the middle, and
shows what the traffic saw. Exits with 1 unless all of it went as it should.

  --keep   leave everything running at the end, and say how to use and stop it
  --help   this text`;

const { values } = parseArgs({
  options: { keep: { type: 'boolean' }, help: { type: 'boolean' } },
});

if (values.help) {
  tell.plain(usage);
} else {
  process.exitCode = await demonstrate(values.keep ?? false);
}

async function demonstrate(keep: boolean): Promise<number> {
  const machine = await Machine.start();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void machine.remove().finally(() => process.exit(130));
    });
  }
  try {
    await runStory(machine);
    if (keep) machine.leaveRunning();
    else await machine.remove();
    return 0;
  } catch (error) {
    if (!(error instanceof DemoFailed)) throw error;
    tell.failure(error.message);
    tell.plain(await machine.lastWords());
    return 1;
  } finally {
    if (!keep) await machine.remove();
  }
}
