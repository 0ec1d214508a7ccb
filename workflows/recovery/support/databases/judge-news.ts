import { sleep } from '@temporalio/workflow';
import {
  judgeDeath,
  type JudgedPrimary,
  type Vantage,
} from '../../../../src/policies/recovery/databases/judge-death.ts';
import { leaseMarginMs } from '../../../../src/policies/recovery/databases/lease-margin.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { lookFromEverywhere, lookTimeoutMs } from './look-from-everywhere.ts';
import { leavesLostHostsOut } from './lost-host.ts';
import type { PrimaryWatches, WatchNews } from './primary-watches.ts';
import type { WatchRun } from './watch-run.ts';

export interface JudgedNews extends JudgedPrimary, WatchNews {
  /** When the look began that decided it. */
  lookedAtMs: number;
  /** For how many agents of its nodes somebody answered then. */
  answered: number;
}

/** Everybody looks at once; what they do not agree on yet is looked at again. */
export async function judgeNews(
  run: WatchRun,
  primary: DatabaseNode,
  watches: PrimaryWatches,
): Promise<JudgedNews> {
  const { news } = watches;
  if (news === undefined) {
    const nowMs = Date.now();
    const looked = { sinceMs: nowMs, lookedAtMs: nowMs, answered: 0 };
    return { verdict: 'alive', why: 'nobody has missed it', hasEnded: false, ...looked };
  }
  const { leaseMs = 0, confirmForMs } = run.plan;
  const untilMs = Date.now() + leaseMs + 2 * leaseMarginMs;
  return takeStep(run, `look at ${primary.name}`, async ({ prove }) => {
    for (;;) {
      await untilLeaseIsNearlyOver(watches);
      const isEnded = isLeaseEnded(watches);
      const lookedAtMs = Date.now();
      const vantages = await lookFromEverywhere(run, primary, {
        sinceMs: news.sinceMs,
        isHostLost: isEnded,
      });
      const overAtMs = watches.news?.leaseOverAtMs;
      const isLeaseOver = overAtMs !== undefined && (isEnded ? Date.now() : lookedAtMs) >= overAtMs;
      const judged = judgeDeath(vantages, confirmForMs, isLeaseOver);
      const source = vantages.map(({ name }) => name).join(', ');
      prove({ what: judged.verdict, source, value: judged.why, threshold: 'alive' });
      const isSettled = judged.verdict !== 'unsettled';
      const isLeaseAwaited = watches.isLeaseOpen && Date.now() < untilMs && isHostSilent(vantages);
      // Whoever reached it before its host fenced it says nothing of what is now.
      const isOfBefore = judged.verdict === 'alive' && lookedAtMs < (overAtMs ?? 0);
      const isEarly = overAtMs !== undefined && (!isLeaseOver || isOfBefore);
      const isTooEarly = isEarly && isHostSilent(vantages);
      if (isSettled && !isLeaseAwaited && !isTooEarly) {
        const { leaseOverAtMs, ...known } = watches.news ?? news;
        // A host that has answered since may have started its server again.
        const isHeld = leaseOverAtMs !== undefined && isHostSilent(vantages);
        const looked = { lookedAtMs, answered: countAnswers(vantages) };
        return { ...known, ...(isHeld && { leaseOverAtMs }), ...judged, ...looked };
      }
      await sleep(Math.max(200, Math.min(1_000, news.sinceMs + confirmForMs - Date.now())));
    }
  });
}

/** Temporal has heard nothing of it for as long as its lease, nor since: each question would wait for its absence. */
function isLeaseEnded({ news }: PrimaryWatches): boolean {
  return news?.leaseOverAtMs !== undefined && leavesLostHostsOut();
}

/** A look that nobody answers ends with the lease then. */
async function untilLeaseIsNearlyOver(watches: PrimaryWatches): Promise<void> {
  if (!isLeaseEnded(watches)) return;
  const leftMs = (watches.news?.leaseOverAtMs ?? 0) - lookTimeoutMs - Date.now();
  if (leftMs > 0) await sleep(leftMs, { summary: 'until its lease has run out' });
}

function countAnswers(vantages: readonly Vantage[]): number {
  return vantages.filter(({ of, observation }) => of !== 'belay' && observation !== undefined)
    .length;
}

/** A host that answers fences its server itself; of one that does not, the end of its lease is evidence. */
function isHostSilent(vantages: readonly Vantage[]): boolean {
  return vantages.find(({ of }) => of === 'host')?.observation === undefined;
}
