import { CancellationScope } from '@temporalio/workflow';
import type { FenceEvidence, Promotion } from '../../../../src/contracts/recovery/database-node.ts';
import type { Candidate } from '../../../../src/policies/recovery/databases/choose-candidate.ts';
import { takeStep } from '../../../kernel/steps.ts';
import type { DatabaseRun, Replaced } from './database-run.ts';

/**
 * The commit point. Whoever asks to stop does it before: from here on a new primary may take writes.
 * A promotion that is refused, or that did not take effect, is undone. Where nobody can say whether it
 * did, what it has `replaced` is fenced once somebody can.
 */
export async function promoteStandby<Spec>(
  run: DatabaseRun<Spec>,
  { node, facts }: Candidate,
  fence: FenceEvidence,
  replaced?: Replaced,
): Promise<Promotion> {
  run.requireNotStopped();
  const acts = run.node(node);
  run.undo.arm(`keep ${node.name} a standby`, 'keepStandby', node, replaced);
  return CancellationScope.nonCancellable(() =>
    takeStep(run, `promote ${node.name}`, async ({ prove }) => {
      run.enterPhase('completing', `Promoting ${node.name}`);
      const promotion = await acts.promote(fence, {
        systemIdentifier: facts.systemIdentifier ?? '',
        timeline: facts.timeline ?? 0,
        receivedLsn: facts.receivedLsn ?? '',
      });
      run.commit();
      run.found.promotion = promotion;
      run.found.to = node.name;
      run.stamp('promotedAtMs');
      const { timeline, lsn } = promotion;
      prove({
        ...{ what: 'timeline', source: node.agent, value: `${timeline}, from ${lsn} on` },
        threshold: `after ${facts.timeline}`,
      });
      return promotion;
    }),
  );
}
