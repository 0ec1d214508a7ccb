import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { formatDuration } from '../../../../src/specs/kernel/duration.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { JudgedNews } from './judge-news.ts';
import type { WatchRun } from './watch-run.ts';

const betweenMs = 200;

/** Starts a server that has ended where it is. Returns whether it is back in its time. */
export async function restartInPlace(
  run: WatchRun,
  primary: DatabaseNode,
  { why }: JudgedNews,
): Promise<boolean> {
  const withinMs = run.plan.restartFirst?.withinMs ?? 0;
  run.memory = { ...run.memory, restartedAtMs: Date.now() };
  return takeStep(run, `restart ${primary.name} in place`, async ({ prove }) => {
    const back = await within(withinMs, () => untilAccepting(run, primary));
    const value = back.ok ? back.detail : back.why;
    prove({ what: back.ok ? 'restarted' : 'not back', source: primary.agent, value });
    if (back.ok) run.note(`${primary.name} was restarted in place: ${why}`);
    return back.ok;
  });
}

async function untilAccepting(run: WatchRun, primary: DatabaseNode): Promise<string> {
  const acts = run.node(primary);
  await acts.restart();
  for (;;) {
    const { view, detail } = await acts.observe(1_000);
    if (view === 'accepting') return detail;
    await sleep(betweenMs);
  }
}

async function within(
  ms: number,
  work: () => Promise<string>,
): Promise<{ ok: true; detail: string } | { ok: false; why: string }> {
  try {
    return { ok: true, detail: await CancellationScope.withTimeout(ms, work) };
  } catch (error) {
    // That of the whole run, not of the time it was given.
    if (CancellationScope.current().consideredCancelled) throw error;
    if (isCancellation(error)) return { ok: false, why: `after ${formatDuration(ms)}` };
    return { ok: false, why: reasonOf(error) };
  }
}
