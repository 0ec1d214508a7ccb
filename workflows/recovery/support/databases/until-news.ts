import { condition, workflowInfo } from '@temporalio/workflow';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { askNodes } from './examine-nodes.ts';
import { PrimaryWatches } from './primary-watches.ts';
import type { WatchRun } from './watch-run.ts';

const dayMs = 86_400_000;
/** A former primary that was started again is seen after this at the latest. */
const lookAroundEveryMs = 600_000;

/** Watches from everywhere until somebody has not reached the primary, another one is up, or a day is over. */
export async function untilNews(run: WatchRun, primary: DatabaseNode): Promise<PrimaryWatches> {
  run.enterPhase('working', `Watching ${primary.name}, the primary`);
  const watches = new PrimaryWatches(run, primary);
  watches.start();
  const untilMs = Date.now() + dayMs;
  const isFull = () => workflowInfo().continueAsNewSuggested;
  const hasNews = () =>
    watches.news !== undefined || isFull() || run.inbox.acknowledgements.value !== undefined;
  try {
    while (watches.news === undefined && !isFull() && Date.now() < untilMs) {
      const isNews = await condition(hasNews, lookAroundEveryMs);
      run.takeAcknowledgement();
      if (isNews) continue;
      if (findPrimary(await askNodes(run, run.plan.nodes)).kind === 'several') break;
    }
  } catch (error) {
    watches.stop();
    throw error;
  }
  return watches;
}
