import { condition, patched } from '@temporalio/workflow';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { checkpoint } from '../../../kernel/checkpoint.ts';
import { askNodes } from './examine-nodes.ts';
import type { WatchRun } from './watch-run.ts';

const pauseMs = 30_000;

export interface Asked {
  why: string;
  /** Too few agents answered to say more: it is judged again once others do. */
  isOpen?: boolean;
}

/** Tells people, and goes on once there is a primary again, or it is to be judged again, as by an acknowledgement. */
export async function askPerson(
  run: WatchRun,
  { name }: DatabaseNode,
  { why, isOpen = false }: Asked,
): Promise<'again' | 'primary'> {
  // Who answers from now on is news.
  const isJudgedAgain = isOpen && patched('judged-again-once-others-answer');
  const before = isJudgedAgain ? answeringOf(await askNodes(run, run.plan.nodes)) : Infinity;
  run.enterPhase('down', `${name} is not watched any more: ${why}`);
  for (;;) {
    await condition(() => run.inbox.acknowledgements.value !== undefined, pauseMs);
    const isAcknowledged = run.takeAcknowledgement();
    // Whoever has acknowledged it may have made another primary before.
    if (isAcknowledged && !patched('a-primary-is-looked-for-first')) return 'again';
    const seen = await askNodes(run, run.plan.nodes);
    // Whoever is back may have started it again: the end of its lease says nothing any more.
    if (seen.some(({ node, facts }) => node.name === name && facts !== undefined)) {
      run.claimLease = undefined;
    }
    const found = findPrimary(seen);
    if (found.kind === 'one' && found.primary.facts?.state === 'primary') return 'primary';
    if (isAcknowledged || answeringOf(seen) > before) return 'again';
    await checkpoint(run, () => run.memory);
  }
}

function answeringOf(seen: readonly SeenNode[]): number {
  return seen.filter(({ facts }) => facts !== undefined).length;
}
