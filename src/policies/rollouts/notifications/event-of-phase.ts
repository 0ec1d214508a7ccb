import type { NotificationEvent } from '../../../kinds/notification-events.ts';
import type { RolloutStatus } from '../../../contracts/rollouts/status.ts';
import { rolloutPhases, type RolloutPhase } from '../../../kinds/rollout-phases.ts';

/** What is sent when a rollout enters this phase; nothing for most. */
export function eventOfPhase({ phase, outcome }: RolloutStatus): NotificationEvent | undefined {
  if (phase === 'closed') return outcome && eventOfOutcome(outcome);
  return rolloutPhases[phase].notify;
}

/** Nothing goes on until a person decides, so people are reminded. */
export function waitsForPerson(phase: RolloutPhase): boolean {
  return rolloutPhases[phase].waitsForPerson === true;
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
