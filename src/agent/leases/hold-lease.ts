import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandResult, LeaseEnd } from '../../contracts/kernel/agent.ts';
import type { ActFiles, ActRecord, ExtensionOrder } from '../acts/act-files.ts';
import { outputOf, runProgram } from '../programs/run-program.ts';
import type { WatchdogJob } from '../watchdog/job.ts';
import { whenever } from '../watchdog/orders.ts';
import type { WatchdogReport } from '../watchdog/report.ts';
import { Deadline } from './deadline.ts';

const pollMs = 100;
const longestPauseMs = 30_000;

export interface LeasedJob {
  job: WatchdogJob;
  files: ActFiles;
  report: WatchdogReport;
}

/** Applies, waits until the lease ends, and reverts, whatever becomes of the agent. */
export async function holdLease(leased: LeasedJob, forMs: number): Promise<void> {
  const { job, files, report } = leased;
  const isAsked = () => existsSync(files.revert) || existsSync(files.stop);
  const leftMs = leftOf(job.record);
  if (isAsked() || leftMs <= 0) {
    await report.end({ kind: 'lease', reverted: { why: 'never-applied' } });
    return;
  }
  const deadline = new Deadline(forMs, leftMs);
  await report.update({ lease: { expiresAtMs: deadline.expiresAtMs } });
  const end = whenever(() => deadline.isOver || isAsked());
  const output = outputOf({ program: job.record.program, secrets: job.secrets });
  const followed = report.follow(output);
  const { argv, program } = job.record;
  const apply = await runProgram(
    { argv, program, secrets: job.secrets, mark: job.mark },
    { stop: end.signal, output, onStarted: (started) => report.show({ program: started }) },
  );
  end.close();
  await followed.stop();
  if (apply.ending === 'not-started') {
    await report.end({ kind: 'lease', apply, reverted: { why: 'apply-failed' } });
    return;
  }
  const isApplied = apply.ending === 'exited' && apply.exitCode === 0;
  if (isApplied) await untilOver(leased, deadline, apply);
  const why = isAsked() ? 'asked' : isApplied || deadline.isOver ? 'expired' : 'apply-failed';
  await revertLease(leased, why, apply);
}

/** Until the end that was set when it was accepted, which no extension moves. */
function leftOf({ lease, acceptedAtMs }: ActRecord): number {
  if (lease?.atMostMs === undefined) return Infinity;
  return lease.atMostMs - Math.max(0, Date.now() - acceptedAtMs);
}

/** Until its time is over or it is asked back; meanwhile it may be extended. */
async function untilOver(
  { files, report }: LeasedJob,
  deadline: Deadline,
  apply: CommandResult,
): Promise<void> {
  let extension: string | undefined;
  let isShown = false;
  while (!deadline.isOver && !existsSync(files.revert)) {
    const order = readOrder(files.extension);
    if (order && order.id !== extension) {
      extension = order.id;
      deadline.extend(order.forMs);
      isShown = false;
    }
    isShown ||= await report.show({
      phase: 'applied',
      lease: { apply, expiresAtMs: deadline.expiresAtMs, ...(extension && { extension }) },
    });
    await sleep(pollMs);
  }
}

function readOrder(path: string): ExtensionOrder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ExtensionOrder;
  } catch {
    return undefined;
  }
}

/** Tries until it succeeds: nobody else can be relied on. */
export async function revertLease(
  { job, report }: LeasedJob,
  why: LeaseEnd,
  apply?: CommandResult,
): Promise<void> {
  // Beside it: on a busy disk that may take longer than all the rest.
  const shown = report.show({ phase: 'reverting' });
  const argv = job.record.lease?.revert ?? [];
  const { program } = job.record;
  for (let failures = 1; ; failures += 1) {
    const revert = await runProgram(
      { argv, program, secrets: job.secrets, mark: job.mark },
      { stop: new AbortController().signal },
    );
    await shown;
    if (revert.ending === 'exited' && revert.exitCode === 0) {
      await report.end({ kind: 'lease', reverted: { why, revert }, ...(apply && { apply }) });
      return;
    }
    await report.show({ revertFailures: { count: failures, last: describeEnd(revert) } });
    await sleep(Math.min(longestPauseMs, 500 * 2 ** Math.min(failures, 10)));
  }
}

function describeEnd({ ending, exitCode, signal, reason, stderr }: CommandResult): string {
  const how = exitCode === undefined ? (signal ?? reason ?? ending) : `exit code ${exitCode}`;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  return said === '' ? how : `${how}: ${said.slice(0, 300)}`;
}
