import { condition, patched } from '@temporalio/workflow';
import {
  quietForMs,
  type MissedPrimary,
} from '../../../../src/policies/recovery/databases/decide-recovery.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { checkpointWhileAsking } from './checkpoint-watch.ts';
import { askNodes } from './examine-nodes.ts';
import type { WatchRun } from './watch-run.ts';

const pauseMs = 30_000;

/** `news`: agents answer that did not when it was judged. */
export type Answered = 'acknowledged' | 'news' | 'primary';

/** Tells people, and goes on once there is a primary again, or it is to be judged again, as by an acknowledgement. */
export async function askPerson(run: WatchRun, missed: MissedPrimary): Promise<Answered> {
  run.memory = { ...run.memory, missed };
  const answered = await untilAnswered(run, missed);
  const { missed: _, ...memory } = run.memory;
  run.memory = memory;
  return answered;
}

async function untilAnswered(run: WatchRun, missed: MissedPrimary): Promise<Answered> {
  const { node: name, why, answered } = missed;
  const isOfLook = answered !== undefined && patched('more-answer-than-in-the-look');
  const quietUntilMs = isOfLook ? Date.now() + quietForMs(missed, pauseMs) : 0;
  const before = isOfLook ? answered : await countOnceMore(run, answered !== undefined);
  run.enterPhase('down', `${name} is not watched any more: ${why}`);
  for (;;) {
    await condition(() => run.inbox.acknowledgements.value !== undefined, pauseMs);
    const isAcknowledged = run.takeAcknowledgement();
    // Whoever has acknowledged it may have made another primary before.
    if (isAcknowledged && !patched('a-primary-is-looked-for-first')) return 'acknowledged';
    const seen = await askNodes(run, run.plan.nodes);
    // Whoever is back may have started it again: the end of its lease says nothing any more.
    if (seen.some(({ node, facts }) => node.name === name && facts !== undefined)) {
      run.claimLease = undefined;
    }
    const found = findPrimary(seen);
    if (found.kind === 'one' && found.primary.facts?.state === 'primary') return 'primary';
    if (isAcknowledged) return 'acknowledged';
    const isNews = countAnswering(seen) > before && Date.now() >= quietUntilMs;
    if (!isNews || isOfLook) await checkpointWhileAsking(run);
    if (isNews) return 'news';
  }
}

/** Earlier versions did not compare with what had been judged, but asked once more. */
async function countOnceMore(run: WatchRun, isOpen: boolean): Promise<number> {
  if (!isOpen || !patched('judged-again-once-others-answer')) return Infinity;
  return countAnswering(await askNodes(run, run.plan.nodes));
}

function countAnswering(seen: readonly SeenNode[]): number {
  return seen.filter(({ facts }) => facts !== undefined).length;
}
