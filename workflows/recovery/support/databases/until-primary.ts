import { condition, deprecatePatch, patched } from '@temporalio/workflow';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import {
  describeNode,
  type SeenNode,
} from '../../../../src/policies/recovery/databases/seen-node.ts';
import { hasEndedAlone } from '../../../../src/policies/recovery/databases/has-ended-alone.ts';
import { findPrimary } from '../../../../src/policies/recovery/databases/find-primary.ts';
import { findSelfFenced } from '../../../../src/policies/recovery/databases/find-self-fenced.ts';
import { checkpointWatch } from './checkpoint-watch.ts';
import { askNodes } from './examine-nodes.ts';
import type { WatchRun } from './watch-run.ts';

const firstPauseMs = 5_000;
const longestPauseMs = 60_000;

/**
 * The primary that is up, or the one of before, of which nobody can say that it is anything else than down, or
 * one that has fenced itself and may be replaced. While there is none, or more than one, people are told, and it
 * is looked for.
 */
export async function untilPrimary(run: WatchRun, before?: DatabaseNode): Promise<DatabaseNode> {
  for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    const seen = await askNodes(run, run.plan.nodes);
    const found = findPrimary(seen);
    if (found.kind === 'one' && found.primary.facts?.state === 'primary') {
      deprecatePatch('promotions-by-others-acknowledge');
      return watching(run, found.primary);
    }
    if (before !== undefined && found.kind !== 'several' && mayStillBe(seen, before)) {
      return watching(run, { node: before });
    }
    const replaceable = run.plan.automatic ? findSelfFenced(seen) : undefined;
    if (replaceable !== undefined && patched('who-fenced-itself-is-replaced')) {
      return watching(run, replaceable);
    }
    const nodes = seen.map((each) => `${each.node.name}: ${describeNode(each)}`).join('; ');
    run.enterPhase('down', `There is no primary to watch: ${found.why} (${nodes})`);
    await condition(() => run.inbox.acknowledgements.value !== undefined, pauseMs);
    run.takeAcknowledgement();
    await checkpointWatch(run);
  }
}

function watching(run: WatchRun, { node, facts }: SeenNode): DatabaseNode {
  run.noteWatched(node, facts);
  return node;
}

/** Its host does not answer, or its server has just ended: those who watch it have to say whether it is up. */
function mayStillBe(seen: readonly SeenNode[], { name }: DatabaseNode): boolean {
  const itself = seen.find(({ node }) => node.name === name);
  if (itself === undefined || seen.some(({ facts }) => facts?.state === 'primary')) return false;
  if (itself.facts === undefined) return true;
  return hasEndedAlone(seen, name) && patched('a-server-that-ended-is-watched-again');
}
