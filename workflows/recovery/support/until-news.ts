import { condition } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { PrimaryWatches } from './primary-watches.ts';
import type { WatchRun } from './watch-run.ts';

const dayMs = 86_400_000;

/** Watches from everywhere until somebody has not reached the primary, or a day is over. They go on. */
export async function untilNews(run: WatchRun, primary: DatabaseNode): Promise<PrimaryWatches> {
  run.enterPhase('working', `Watching ${primary.name}, the primary`);
  const watches = new PrimaryWatches(run, primary);
  watches.start();
  const untilMs = Date.now() + dayMs;
  const hasNews = () =>
    watches.news !== undefined || run.inbox.acknowledgements.value !== undefined;
  try {
    while (watches.news === undefined && Date.now() < untilMs) {
      await condition(hasNews, Math.max(1, untilMs - Date.now()));
      run.takeAcknowledgement();
    }
  } catch (error) {
    watches.stop();
    throw error;
  }
  return watches;
}
