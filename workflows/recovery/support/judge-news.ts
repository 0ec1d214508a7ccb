import { sleep } from '@temporalio/workflow';
import {
  judgeDeath,
  type JudgedPrimary,
} from '../../../src/policies/recovery/databases/judge-death.ts';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../kernel/steps.ts';
import { lookFromEverywhere } from './look-from-everywhere.ts';
import type { PrimaryWatches, WatchNews } from './primary-watches.ts';
import type { WatchRun } from './watch-run.ts';

export interface JudgedNews extends JudgedPrimary, WatchNews {}

/** Everybody looks at once; what they do not agree on yet is looked at again. */
export async function judgeNews(
  run: WatchRun,
  primary: DatabaseNode,
  watches: PrimaryWatches,
): Promise<JudgedNews> {
  const { news } = watches;
  if (news === undefined) {
    return { verdict: 'alive', why: 'nobody has missed it', sinceMs: Date.now(), hasEnded: false };
  }
  return takeStep(run, `look at ${primary.name}`, async ({ prove }) => {
    for (;;) {
      const vantages = await lookFromEverywhere(run, primary, news.sinceMs);
      const judged = judgeDeath(vantages, run.plan.confirmForMs);
      const source = vantages.map(({ name }) => name).join(', ');
      prove({ what: judged.verdict, source, value: judged.why, threshold: 'alive' });
      if (judged.verdict !== 'unsettled') return { ...news, ...watches.news, ...judged };
      await sleep(Math.max(200, Math.min(1_000, run.plan.confirmForMs / 5)));
    }
  });
}
