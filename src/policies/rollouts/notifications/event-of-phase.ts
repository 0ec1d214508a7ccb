import type { NotificationEvent } from '../../../contracts/kernel/notification-events.ts';
import type { RolloutPhase, RolloutStatus } from '../../../contracts/rollouts/status.ts';

/** What people hear of a rollout that just came into this phase; nothing of most. */
export function eventOfPhase({ phase, outcome }: RolloutStatus): NotificationEvent | undefined {
  switch (phase) {
    case 'holding':
      return 'stage';
    case 'awaiting-approval':
      return 'approval-needed';
    case 'inconclusive':
    case 'stuck':
    case 'undo-failed':
      return phase;
    case 'closed':
      return outcome && eventOfOutcome(outcome);
    case 'starting':
    case 'preparing':
    case 'paused':
    case 'keeping':
    case 'promoting':
    case 'taking-over':
    case 'undoing':
      return undefined;
  }
}

/** Where nothing goes on until somebody decides, people are reminded. */
export function waitsForPerson(phase: RolloutPhase): boolean {
  return ['awaiting-approval', 'inconclusive', 'stuck', 'undo-failed'].includes(phase);
}

function eventOfOutcome(outcome: NonNullable<RolloutStatus['outcome']>): NotificationEvent {
  switch (outcome) {
    case 'Promoted':
    case 'FastPromoted':
      return 'succeeded';
    case 'RolledBack':
      return 'failed';
    case 'Aborted':
      return 'aborted';
    case 'Superseded':
      return 'superseded';
    case 'UndoFailed':
      return 'undo-failed';
  }
}
