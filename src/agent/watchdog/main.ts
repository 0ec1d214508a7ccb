/**
 * The process that carries out one act of an agent. It runs before the act begins and outlives the
 * agent: it ends a command whose time is over, and reverts a lease, by itself.
 */
import { existsSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { actFiles } from '../acts/act-files.ts';
import { holdLease, revertLease } from '../leases/hold-lease.ts';
import { outputOf, runProgram } from '../programs/run-program.ts';
import { claimAct } from './claim.ts';
import type { WatchdogJob } from './job.ts';
import { whenThere } from './orders.ts';
import { WatchdogReport } from './report.ts';

/** Ends with the job; what a terminal or a stopping session sends is not meant for it. */
for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const given = await text(process.stdin);
const job = readJob(given);
if (job !== undefined) await carryOut(job);

/** An agent that ended while it wrote the job has started nothing. */
function readJob(written: string): WatchdogJob | undefined {
  try {
    return JSON.parse(written) as WatchdogJob;
  } catch {
    return undefined;
  }
}

async function carryOut(taken: WatchdogJob): Promise<void> {
  const files = actFiles(taken.folder);
  if (!(await claimAct(files)) || existsSync(files.outcome)) return;
  if (taken.mode === 'revert') {
    const report = new WatchdogReport(files, 'reverting');
    await revertLease({ job: taken, files, report }, 'watchdog-lost');
    return;
  }
  // An earlier watchdog has begun, so that the act must not begin again.
  if (existsSync(files.state)) return;
  const report = new WatchdogReport(files, 'running');
  // On disk before the program runs: from now on it may have taken effect.
  await report.update({});
  const { lease } = taken.record;
  if (lease) await holdLease({ job: taken, files, report }, lease.forMs);
  else await runCommand(taken, report);
}

async function runCommand(taken: WatchdogJob, report: WatchdogReport): Promise<void> {
  const { argv, program } = taken.record;
  const { secrets, mark, folder } = taken;
  const stop = whenThere(actFiles(folder).stop);
  const output = outputOf({ program, secrets });
  const followed = report.follow(output);
  const result = await runProgram(
    { argv, program, secrets, mark },
    { stop: stop.signal, output, onStarted: (started) => report.show({ program: started }) },
  );
  stop.close();
  await followed.stop();
  await report.end({ kind: 'command', result });
}
