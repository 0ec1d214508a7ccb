import { sleep } from '@temporalio/workflow';
import { decideRecovery } from '../../../../src/policies/recovery/databases/decide-recovery.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { askPerson, type Asked } from './ask-person.ts';
import { failOver } from './fail-over.ts';
import { judgeNews } from './judge-news.ts';
import type { PrimaryWatches } from './primary-watches.ts';
import { restartInPlace } from './restart-in-place.ts';
import type { WatchRun } from './watch-run.ts';

/** Somebody who does not reach a primary that is up must not fill the history. */
const pauseMs = 10_000;

/** Until the primary is up, another one is, or a person has seen to it. What was acknowledged is judged anew. */
export async function respondToNews(
  run: WatchRun,
  primary: DatabaseNode,
  watches: PrimaryWatches,
): Promise<void> {
  for (;;) {
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
        const asked = { why: problem };
        if ((await askWithLease(run, primary, watches, asked)) === 'primary') return;
        break;
      }
      case 'ask': {
        const { verdict } = judged;
        const isOpen = verdict === 'isolated' || verdict === 'unknown';
        const asked = { why: decision.why, isOpen };
        if ((await askWithLease(run, primary, watches, asked)) === 'primary') return;
      }
    }
  }
}

/**
 * Where nobody has acted on the end of its lease yet, a failover that somebody else starts meanwhile, or
 * that was under way already, may.
 */
async function askWithLease(
  run: WatchRun,
  primary: DatabaseNode,
  watches: PrimaryWatches,
  asked: Asked,
): Promise<'again' | 'primary'> {
  run.claimLease = (node) => watches.claimLease(node);
  try {
    return await askPerson(run, primary, asked);
  } finally {
    run.claimLease = undefined;
    watches.forgetLease();
  }
}
