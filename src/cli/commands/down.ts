import { Command } from 'commander';
import { homeLayout } from '../../config/home.ts';
import { loadConfig } from '../../config/load-config.ts';
import { workerStopGraceMs } from '../../embedded/machine.ts';
import { findOrphans, stopOrphans } from '../../embedded/orphans.ts';
import { readUpRecord } from '../../embedded/up-record.ts';
import { isAlive, stopProcess } from '../../processes/identity.ts';
import { removeRunFile } from '../../processes/run-file.ts';
import { print, remark } from '../output.ts';
import { examples } from './named-service.ts';

/** What the gateway before the worker, and the platform and Temporal after it, may take to stop. */
const othersGraceMs = 50_000;

export function createDownCommand(): Command {
  return new Command('down')
    .summary('stop what belay up runs')
    .description(
      'Stop the gateway, the worker, the local platform with its replicas, and Temporal, in this order. ' +
        'Their state stays: the next `belay up` goes on with it.',
    )
    .addHelpText('after', examples('belay down'))
    .action(stopEverything);
}

async function stopEverything(): Promise<void> {
  const config = loadConfig(process.env);
  const { home } = config;
  const graceMs = workerStopGraceMs(config);
  const up = await readUpRecord(home);
  const running = up !== undefined && (await isAlive(up));
  if (running) {
    remark(`Stopping \`belay up\`, process ${up.pid}.`);
    await stopProcess(up, { graceMs: config.drainMs + graceMs + othersGraceMs });
  }
  const orphans = await findOrphans(home);
  await stopOrphans(orphans, { graceMs, home, log: remark });
  await removeRunFile(homeLayout(home).upRun);
  print(running || orphans.size > 0 ? 'Belay is down.' : `Nothing runs for ${home}.`);
}
