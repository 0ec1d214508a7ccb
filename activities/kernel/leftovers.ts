import { Context } from '@temporalio/activity';
import { serverClock } from '../../src/adapters/temporal/server-clock.ts';
import type {
  FailedSweep,
  Leftover,
  LeftoverActivities,
  Sweeper,
  SweepReport,
} from '../../src/contracts/kernel/leftovers.ts';
import { whileHeartbeating } from './support/heartbeating.ts';

export interface SweepDependencies {
  sweepers: readonly Sweeper[];
  /** Called after each sweep, with what it could not clean up. */
  onSwept?: (failed: readonly FailedSweep[]) => void;
  /** Called when a patrol ends, however it does: from now on another worker's counts are the true ones. */
  onEnded?: () => void;
  /** Of listing one place, and of clearing what a dead run has left; what takes longer goes on beside the next sweep. */
  limitMs?: number;
  /** Called once for each sweep: what it asks about every owner of a leftover. Each question ends in time by itself. */
  openLiveness(): (workflowId: string) => Promise<boolean>;
}

export function createLeftoverActivities(dependencies: SweepDependencies): LeftoverActivities {
  const busy = new Set<string>();
  return {
    sweepLeftovers: (patrol) =>
      whileHeartbeating(async () => {
        const report: SweepReport = { sweeps: 0, swept: [], failed: [] };
        const nowMs = serverClock();
        const endsAtMs = nowMs() + (patrol?.forMs ?? 0);
        try {
          for (;;) {
            const isRunning = dependencies.openLiveness();
            await sweepOnce({ ...dependencies, report, busy, nowMs, isRunning });
            dependencies.onSwept?.(report.failed);
            if (patrol === undefined || nowMs() + patrol.everyMs > endsAtMs) return report;
            await Context.current().sleep(patrol.everyMs);
          }
        } finally {
          dependencies.onEnded?.();
        }
      }),
  };
}

interface Sweeping extends SweepDependencies {
  report: SweepReport;
  /** What is being cleared, by this sweep or one before it. */
  busy: Set<string>;
  nowMs: () => number;
  isRunning: (workflowId: string) => Promise<boolean>;
}

/** All sweepers, places and leftovers side by side: one that is slow delays no other. */
async function sweepOnce(sweeping: Sweeping): Promise<void> {
  const { sweepers, report, limitMs = defaultLimitMs } = sweeping;
  report.sweeps += 1;
  report.failed = [];
  const seen = new Set<string>();
  await Promise.all(
    sweepers.flatMap((sweeper) =>
      Object.entries(sweeper.places).map(async ([where, list]) => {
        try {
          const found = await within(limitMs, list());
          const unseen = found.filter((one) => isFirst(seen, keyOf(sweeper, one)));
          await Promise.all(unseen.map((one) => sweepOne(sweeper, one, sweeping)));
        } catch (error) {
          report.failed.push({ what: sweeper.name, where, error: String(error) });
        }
      }),
    ),
  );
}

/** Two places may be the same: a cluster by the name of its context, and as the current one. */
function isFirst(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}

function keyOf({ name }: Sweeper, { owner }: Leftover): string {
  return `${name} ${owner.workflowId} ${owner.runRef}`;
}

const defaultLimitMs = 60_000;

async function sweepOne(sweeper: Sweeper, leftover: Leftover, sweeping: Sweeping): Promise<void> {
  const { busy, report, isRunning, nowMs, limitMs = defaultLimitMs } = sweeping;
  const { workflowId, runRef, step } = leftover.owner;
  const { subject } = leftover;
  const what = sweeper.name;
  const key = keyOf(sweeper, leftover);
  if (busy.has(key)) {
    const error = 'a sweep before is still cleaning it up';
    report.failed.push({ what, where: workflowId, error });
    return;
  }
  busy.add(key);
  let clearing = Promise.resolve();
  try {
    const askedAtMs = nowMs();
    if (await isRunning(workflowId)) return;
    // By Temporal's clock, as acts of runs: by a worker's that is ahead, the next run's acts would be refused as late.
    const fence = { rolloutId: runRef, step: Math.max(step + 1, askedAtMs) };
    clearing = sweeper.clear(leftover, fence, nowMs);
    await within(limitMs, clearing);
    report.swept.push({ what, workflowId, runRef, subject });
  } catch (error) {
    report.failed.push({ what, where: workflowId, error: String(error) });
  } finally {
    void clearing.catch(() => undefined).finally(() => busy.delete(key));
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const reason = `not done within ${limitMs / 1000} s`;
    timer = setTimeout(() => reject(new Error(reason)), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
