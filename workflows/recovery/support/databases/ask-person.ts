import { condition, patched } from '@temporalio/workflow';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { checkpoint } from '../../../kernel/checkpoint.ts';
import { askNodes } from './examine-nodes.ts';
import type { WatchRun } from './watch-run.ts';

const pauseMs = 30_000;

/** Tells people, and goes on once there is a primary again, or somebody has acknowledged. */
export async function askPerson(
  run: WatchRun,
  { name }: DatabaseNode,
  why: string,
): Promise<'acknowledged' | 'primary'> {
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
    await checkpoint(run, () => run.memory);
  }
}
