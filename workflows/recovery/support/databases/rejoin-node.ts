import type { NodeFacts, RejoinMethod } from '../../../../src/contracts/recovery/database-node.ts';
import { describeRejoined } from '../../../../src/render/recovery/describe-rejoined.ts';
import { slotOf } from '../../../../src/policies/recovery/databases/slot-of.ts';
import type { DatabaseNode } from '../../../../src/specs/recovery/database-node.ts';
import { carryOn } from '../carry-on.ts';
import type { DatabaseRun } from './database-run.ts';

interface RejoinOrder {
  node: DatabaseNode;
  primary: DatabaseNode;
  method: RejoinMethod;
  among: Pick<NodeFacts, 'systemIdentifier'>;
}

/** Makes a node a standby that streams; it is never started as a primary on the way. */
export async function rejoinNode<Spec>(
  run: DatabaseRun<Spec>,
  { node, primary, method, among }: RejoinOrder,
): Promise<void> {
  await carryOn(run, `rejoin ${node.name}`, async ({ prove }) => {
    const rejoined = await run.node(node).rejoin({
      ...{ primary: primary.address, slot: slotOf(node), method },
      systemIdentifier: among.systemIdentifier ?? '',
    });
    run.found.rejoined = [...(run.found.rejoined ?? []), { ...rejoined, node: node.name }];
    prove({ what: 'rejoined', source: node.agent, value: describeRejoined(rejoined) });
  });
}
