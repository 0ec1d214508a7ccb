import { Context } from '@temporalio/activity';
import { serverClock } from '../../src/adapters/temporal/server-clock.ts';
import type { Fence } from '../../src/contracts/kernel/fence.ts';
import type {
  LeftoverActivities,
  SweepReport,
  SweptRollout,
} from '../../src/contracts/kernel/leftovers.ts';
import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import type { Owner, Platform, ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import { reportOfDeadRollout } from '../../src/policies/rollouts/dead-rollout.ts';
import { clearLeftovers } from './support/clear-leftovers.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';

export interface SweepDependencies {
  /** Every place that a spec may name, by what reports call it. */
  platforms: Readonly<Record<string, Platform>>;
  ledger: Ledger;
  /** Called after each sweep, with what it could not clean up. */
  onSwept?: (failed: SweepReport['failed']) => void;
  /** Called when a patrol ends, however it does: from now on another worker's counts are the true ones. */
  onEnded?: () => void;
  /** Of listing one place, and of one service; what takes longer goes on beside the next sweep. */
  limitMs?: number;
  /** Asks Temporal for this workflow by its ID, since its list lags. */
  isRunning(workflowId: string): Promise<boolean>;
}

type Owned = ServiceRef & { owner: Owner };

export function createLeftoverActivities(dependencies: SweepDependencies): LeftoverActivities {
  const busy = new Set<string>();
  return {
    sweepLeftovers: (patrol) =>
      whileHeartbeating(async () => {
        const report: SweepReport = { sweeps: 0, swept: [], failed: [] };
        const sweeping: Sweeping = { ...dependencies, report, busy, nowMs: serverClock() };
        const endsAtMs = sweeping.nowMs() + (patrol?.forMs ?? 0);
        try {
          for (;;) {
            await sweepOnce(sweeping);
            dependencies.onSwept?.(report.failed);
            if (patrol === undefined || sweeping.nowMs() + patrol.everyMs > endsAtMs) return report;
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
  /** Workflow IDs of owners that are being cleaned up, by this sweep or one before it. */
  busy: Set<string>;
  nowMs: () => number;
}

/** All places and services side by side: one that is slow delays no other. */
async function sweepOnce(sweeping: Sweeping): Promise<void> {
  const { platforms, report, limitMs = defaultLimitMs } = sweeping;
  report.sweeps += 1;
  report.failed = [];
  await Promise.all(
    Object.entries(platforms).map(async ([name, platform]) => {
      try {
        const owned = await within(limitMs, platform.listOwned());
        await Promise.all(owned.map((one) => sweepService(platform, one, sweeping)));
      } catch (error) {
        report.failed.push({ where: name, error: String(error) });
      }
    }),
  );
}

const defaultLimitMs = 60_000;

async function sweepService(platform: Platform, owned: Owned, sweeping: Sweeping): Promise<void> {
  const { owner, service, environment } = owned;
  const { busy, report, limitMs = defaultLimitMs } = sweeping;
  const { workflowId, rolloutId } = owner;
  if (busy.has(workflowId)) {
    report.failed.push({ where: workflowId, error: 'a sweep before is still cleaning it up' });
    return;
  }
  busy.add(workflowId);
  const cleaning = cleanUp(platform, owned, sweeping).finally(() => busy.delete(workflowId));
  try {
    if (!(await within(limitMs, cleaning))) return;
    report.swept.push({ workflowId, rolloutId, service, environment } satisfies SweptRollout);
  } catch (error) {
    report.failed.push({ where: workflowId, error: String(error) });
  }
}

/**
 * Answers whether the owner was dead. Acts are numbered by Temporal's clock, as those of rollouts
 * are: by a worker's that is ahead, the next rollout's acts would be refused as late.
 */
async function cleanUp(
  platform: Platform,
  owned: Owned,
  { isRunning, ledger, nowMs }: Sweeping,
): Promise<boolean> {
  const { owner } = owned;
  const askedAtMs = nowMs();
  if (await isRunning(owner.workflowId)) return false;
  const step = Math.max(owner.step + 1, askedAtMs);
  const fence = { rolloutId: owner.rolloutId, step };
  await removeLeftovers(platform, owned, fence, { ledger, nowMs });
  return true;
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

/**
 * Acts in the dead rollout's own name, with a step above any that it can have handed out before it
 * was found dead, and below those of whoever claims the service from then on. Reports first: once the
 * canary is gone nobody can tell what it was. Lets go last: nobody finds it afterwards.
 */
async function removeLeftovers(
  platform: Platform,
  owned: Owned,
  fence: Fence,
  { ledger, nowMs }: Pick<Sweeping, 'ledger' | 'nowMs'>,
): Promise<void> {
  const { owner } = owned;
  const before = await platform.readService(owned);
  if (before === undefined) return;
  const reported = reportOnce(ledger, reportOfDeadRollout(before, owner, nowMs()));
  await reported.catch(() => 'thrown once nothing is left');
  await clearLeftovers(platform, owned, fence, before);
  await reported;
  await platform.releaseService(owned, fence);
}

async function reportOnce(ledger: Ledger, report: RolloutReport): Promise<void> {
  const known = await ledger.list({ runRef: report.runRef, limit: 1 });
  if (known.length > 0) return;
  await ledger.append(report);
}
