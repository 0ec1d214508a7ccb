import { condition, patched, sleep } from '@temporalio/workflow';
import {
  decideRecovery,
  type MissedPrimary,
} from '../../../../src/policies/recovery/databases/decide-recovery.ts';
import { leaseMarginMs } from '../../../../src/policies/recovery/databases/lease-margin.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { askPerson, type Answered } from './ask-person.ts';
import { failOver } from './fail-over.ts';
import { judgeNews, type JudgedNews } from './judge-news.ts';
import { PrimaryWatches } from './primary-watches.ts';
import { restartInPlace } from './restart-in-place.ts';
import type { WatchRun } from './watch-run.ts';

/** Somebody who does not reach a primary that is up must not fill the history. */
const pauseMs = 10_000;

/** Until the primary is up, another one is, or a person has seen to it. What was acknowledged is judged anew. */
export async function respondToNews(
  run: WatchRun,
  primary: DatabaseNode,
  watches: PrimaryWatches,
  judgedBefore = 0,
): Promise<void> {
  for (let judgedAgain = judgedBefore; ;) {
    const judged = await judgeNews(run, primary, watches);
    const decision = decideRecovery(judged, run.plan, run.memory, Date.now());
    switch (decision.act) {
      case 'watch':
        watches.forgetLease();
        await sleep(pauseMs, { summary: 'it is up' });
        return;
      case 'restart':
        watches.forgetLease();
        if (await restartInPlace(run, primary, judged)) return;
        break;
      case 'fail-over': {
        const onStarted = () => watches.forgetLease();
        const problem = await failOver(run, primary, { judged, onStarted });
        if (problem === undefined) return;
        const missed = missedPrimary(primary, judged, problem);
        if ((await askWithLease(run, watches, missed)) === 'primary') return;
        break;
      }
      case 'ask': {
        const { verdict, answered } = judged;
        const isOpen = verdict === 'isolated' || verdict === 'unknown';
        const missed = missedPrimary(primary, judged, decision.why);
        const asked = { ...missed, ...(isOpen && { answered, judgedAgain }) };
        const answer = await askWithLease(run, watches, asked);
        if (answer === 'primary') return;
        judgedAgain = answer === 'news' ? judgedAgain + 1 : 0;
      }
    }
  }
}

/** Goes on asking about the primary that was missed before the run continued as new; undefined: none was. */
export async function respondToMissed(run: WatchRun): Promise<DatabaseNode | undefined> {
  const { missed } = run.memory;
  const primary = run.plan.nodes.find(({ name }) => name === missed?.node);
  if (missed === undefined || primary === undefined) return undefined;
  const watches = new PrimaryWatches(run, primary, missed);
  watches.start();
  try {
    const answer = await askWithLease(run, watches, missed);
    const judgedAgain = answer === 'news' ? (missed.judgedAgain ?? 0) + 1 : 0;
    if (answer !== 'primary') await respondToNews(run, primary, watches, judgedAgain);
    return primary;
  } finally {
    watches.stop();
  }
}

function missedPrimary(
  { name }: DatabaseNode,
  { sinceMs, hasEnded }: JudgedNews,
  why: string,
): MissedPrimary {
  return { node: name, why, sinceMs, hasEnded };
}

/**
 * Where nobody has acted on the end of its lease yet, a failover that somebody else starts meanwhile, or
 * that was under way already, may. So may this run, where it is judged again.
 */
async function askWithLease(
  run: WatchRun,
  watches: PrimaryWatches,
  missed: MissedPrimary,
): Promise<Answered> {
  run.claimLease = (node) => {
    const word = watches.claimLease(node);
    return word && { ...word, ...run.timelineOf(node) };
  };
  let isKept = false;
  try {
    const answered = await askPerson(run, missed);
    isKept = answered === 'news' && (await staysOver(run, watches));
    return answered;
  } finally {
    run.claimLease = undefined;
    if (!isKept) watches.forgetLease();
  }
}

/**
 * Whether nobody has acted on the end of its lease, and its host has not been heard of since. It may have
 * been back for a moment, and have begun another lease.
 */
async function staysOver(run: WatchRun, watches: PrimaryWatches): Promise<boolean> {
  if (run.claimLease === undefined || watches.news?.leaseOverAtMs === undefined) return false;
  if (!patched('leases-are-kept-until-acted-on')) return false;
  const { leaseMs = 0 } = run.plan;
  return condition(() => !watches.isLeased, leaseMs + 2 * leaseMarginMs);
}
