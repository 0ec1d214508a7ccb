import { isCancellation } from '@temporalio/workflow';
import {
  judgeLateStandby,
  type PromotedStandby,
} from '../../../../src/policies/recovery/databases/judge-late-standby.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { slotOf } from '../../../../src/policies/recovery/databases/slot-of.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import { askNodes } from './examine-nodes.ts';

/** Each waits for as long as an agent may take to be started again. */
const mostAsks = 2;

/**
 * Standbys that could not be compared with the one that was promoted, because their agents were being started
 * again, follow it, too. Clients write by then, and a standby that does not follow is a note, not a failure.
 */
export async function haveLateStandbysFollow<Spec>(
  run: DatabaseRun<Spec>,
  late: readonly DatabaseNode[],
  promoted: PromotedStandby & { node: DatabaseNode },
): Promise<void> {
  for (const seen of await askAgain(run, late)) {
    const { name } = seen.node;
    const why = judgeLateStandby(seen, promoted) ?? (await follow(run, seen.node, promoted.node));
    if (why === undefined) continue;
    run.note(
      `${name} does not follow ${promoted.node.name}: ${why}. Once it can: belay database rejoin --node ${name}`,
    );
  }
}

async function askAgain<Spec>(
  run: DatabaseRun<Spec>,
  late: readonly DatabaseNode[],
): Promise<SeenNode[]> {
  let seen = await askNodes(run, late);
  for (let asked = 1; asked < mostAsks; asked += 1) {
    const silent = seen.filter(({ facts }) => facts === undefined).map(({ node }) => node);
    if (silent.length === 0) break;
    const again = await askNodes(run, silent);
    seen = seen.map((each) => again.find(({ node }) => node === each.node) ?? each);
  }
  return seen;
}

/** Why it does not; undefined: it streams. */
async function follow<Spec>(
  run: DatabaseRun<Spec>,
  node: DatabaseNode,
  primary: DatabaseNode,
): Promise<string | undefined> {
  try {
    await takeStep(run, `have ${node.name} follow ${primary.name}`, async ({ prove }) => {
      await run.node(node).follow({ primary: primary.address, slot: slotOf(node) });
      prove({ what: 'streams from', source: node.agent, value: primary.name });
    });
    return undefined;
  } catch (error) {
    if (isCancellation(error)) throw error;
    return reasonOf(error);
  }
}
