import type { FenceEvidence } from '../../../../src/contracts/recovery/database-node.ts';
import type { Candidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun } from './database-run.ts';
import { refusal } from './examine-nodes.ts';
import { fencePrimary } from './fence-primary.ts';

const replayWithinMs = 30_000;

/** Shuts the primary down cleanly, and waits until the standby has replayed its log to the end. */
export async function shutDownPrimary<Spec>(
  run: DatabaseRun<Spec>,
  primary: SeenNode,
  { node }: Candidate,
): Promise<FenceEvidence> {
  const graceMs = run.plan.shutdownWithinMs;
  run.stamp('downSinceMs');
  const fence = await fencePrimary(run, primary, {
    graceMs,
    evenIfUp: true,
    known: primary.facts ?? {},
  });
  if (fence.how !== 'clean') {
    throw refusal(
      `${primary.node.name} did not shut down within its time and was killed: a switchover loses nothing, so it is undone`,
    );
  }
  await takeStep(run, `wait until ${node.name} has replayed all of it`, async ({ prove }) => {
    const { lsn = '' } = await run.node(node).awaitReplay(fence.lsn, replayWithinMs);
    prove({ what: 'replayed', source: node.agent, value: lsn, threshold: `after ${fence.lsn}` });
  });
  return fence;
}
