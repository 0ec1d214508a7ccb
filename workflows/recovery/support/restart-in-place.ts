import { isCancellation, rootCause, sleep } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../src/specs/recovery/database-node.ts';
import { takeStep } from '../../kernel/steps.ts';
import type { JudgedNews } from './judge-news.ts';
import type { WatchRun } from './watch-run.ts';

const betweenMs = 200;

/** Starts a server that has ended where it is. What does not come back in its time is failed over next. */
export async function restartInPlace(
  run: WatchRun,
  primary: DatabaseNode,
  { why }: JudgedNews,
): Promise<void> {
  const withinMs = run.plan.restartFirst?.withinMs ?? 0;
  run.memory = { ...run.memory, restartedAtMs: Date.now() };
  await takeStep(run, `restart ${primary.name} in place`, async ({ prove }) => {
    const untilMs = Date.now() + withinMs;
    const acts = run.node(primary);
    try {
      await acts.restart();
      while (Date.now() < untilMs) {
        const { view, detail } = await acts.observe(1_000);
        if (view === 'accepting') {
          prove({ what: 'restarted', source: primary.agent, value: detail });
          run.note(`${primary.name} was restarted in place: ${why}`);
          return;
        }
        await sleep(betweenMs);
      }
      prove({ what: 'not back', source: primary.agent, value: `after ${withinMs} ms` });
    } catch (error) {
      if (isCancellation(error)) throw error;
      prove({ what: 'not restarted', source: primary.agent, value: rootCause(error) ?? '' });
    }
  });
}
