import type { FenceEvidence } from '../../../../src/contracts/recovery/database-node.ts';
import type { Candidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import {
  coversLoss,
  describeLoss,
  predictLoss,
  refuseLoss,
  type Loss,
} from '../../../../src/policies/recovery/databases/predict-loss.ts';
import type { SeenNode } from '../../../../src/policies/recovery/databases/seen-node.ts';
import type { FailoverSpec, SeenPrimary } from '../../../../src/specs/recovery/failover.ts';
import { awaitApproval } from '../../../kernel/await-approval.ts';
import { takeStep } from '../../../kernel/steps.ts';
import { chooseNext, type Chosen } from './choose-next.ts';
import type { DatabaseRun } from './database-run.ts';

interface Weighing {
  fence: FenceEvidence;
  spec: FailoverSpec;
  /** What a person has approved already. */
  approved?: Approved | undefined;
}

interface Approved {
  node: string;
  loss: Loss;
}

/**
 * Chooses a standby whose loss is within what the plan allows, or a person approves the number. Whoever
 * was away may have answered while people were waited for: the standbys are compared again then, until
 * what was approved is what is.
 */
export async function chooseWithLoss(
  run: DatabaseRun<FailoverSpec>,
  primary: SeenNode,
  { fence, spec }: Pick<Weighing, 'fence' | 'spec'>,
): Promise<Chosen> {
  let approved: Approved | undefined;
  for (;;) {
    const chosen = await chooseNext(run, primary, spec);
    const asked = await acceptLoss(run, chosen.candidate, { fence, spec, approved });
    if (asked === undefined) return chosen;
    approved = asked;
  }
}

/** Returns what a person had to be asked about; undefined: nobody had. */
async function acceptLoss(
  run: DatabaseRun<FailoverSpec>,
  { facts, node: { name: node } }: Candidate,
  { fence, spec: { plan, seen }, approved }: Weighing,
): Promise<Approved | undefined> {
  return takeStep(run, 'weigh the loss', async ({ prove }) => {
    const loss = lossOf(facts, fence, seen);
    run.found.loss = loss;
    const why = refuseLoss(loss, plan.maxLoss);
    prove({ what: 'would be lost', source: loss.from, value: describeLoss(loss) });
    const isApproved = approved?.node === node && coversLoss(approved.loss, loss);
    if (why === undefined || isApproved) return undefined;
    const by = await awaitApproval(run, {
      what: { awaited: `of promoting ${node}: ${why}`, missed: why },
      by: plan.approvers,
    });
    run.note(`${by} accepted the loss: ${why}`);
    return { node, loss };
  });
}

function lossOf(facts: Candidate['facts'], fence: FenceEvidence, seen?: SeenPrimary): Loss {
  const isEnd = fence.how !== 'person' && fence.lsn !== '';
  const primaryLsn = isEnd ? fence.lsn : seen?.lsn;
  return predictLoss({
    receivedLsn: facts.receivedLsn ?? '',
    ...(facts.replayedUntilMs !== undefined && { replayedUntilMs: facts.replayedUntilMs }),
    ...(primaryLsn !== undefined && { primaryLsn }),
    ...{ knownBy: isEnd ? fence.by : 'seen by the watch', isEnd },
    ...(seen !== undefined && { aliveUntilMs: seen.downSinceMs }),
    ...(seen?.synchronousStandbys !== undefined && {
      synchronousStandbys: seen.synchronousStandbys,
    }),
  });
}
