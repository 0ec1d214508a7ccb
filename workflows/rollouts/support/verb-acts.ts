import type { DeployRequest, VerbInput } from '../../../src/contracts/kernel/messages.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import {
  targetOf,
  writtenRollback,
  writtenSpec,
} from '../../../src/specs/rollouts/written-spec.ts';
import type { AcceptedVerb, VerbActs } from '../../kernel/register-verbs.ts';
import { verbActs } from '../../kernel/verb-acts.ts';
import type { RolloutMailbox } from './mailbox.ts';
import type { Rollout } from './rollout.ts';

/** What each verb does to a rollout. */
export function rolloutVerbActs(mailbox: RolloutMailbox): VerbActs<Rollout> {
  const promoteAs =
    (kind: 'promote' | 'promoteFull') =>
    (rollout: Rollout, { by, sender }: AcceptedVerb) => {
      mailbox.decisions.put({ kind, by });
      rollout.enterPhase('preparing', `Promoted by ${sender}`);
    };
  return {
    ...verbActs(mailbox),
    promote: promoteAs('promote'),
    promoteFull: promoteAs('promoteFull'),
    pause: (rollout, { sender }) => {
      rollout.clock.pause();
      rollout.enterPhase('paused', `Paused by ${sender}; metrics may still abort`);
    },
    resume: (rollout, { sender }) => {
      rollout.clock.resume();
      rollout.enterPhase('holding', `Resumed by ${sender}`);
    },
    undo: (rollout, { input, sender }) => {
      bringRevisionBackNext(rollout, input);
      rollout.interrupt({ outcome: 'Aborted', reason: `Undone by ${sender}` });
    },
  };
}

function bringRevisionBackNext(rollout: Rollout, { by, why, toRevision }: VerbInput): void {
  const { status, input } = rollout;
  if (toRevision === undefined) return;
  const { service, environment } = status;
  const request: DeployRequest = {
    requestId: `${rollout.id}/undo`,
    kind: 'rollback',
    ...(by !== undefined && { by }),
    ...(why !== undefined && { why }),
  };
  const target = targetOf(writtenSpec(input));
  rollout.followWith({
    kind: 'rollback',
    workflowType: workflowTypes.rollback,
    input: writtenRollback({ service, environment, target, toRevision }),
    request,
  });
}
