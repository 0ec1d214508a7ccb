import {
  ApplicationFailure,
  ChildWorkflowFailure,
  isCancellation,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import { reasonOf } from '../../../kernel/reason-of.ts';

/** Why a step did not end as it should. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /**
   * `unanswered`: nobody knows, so it is never gone on from. `hold`: a person decides, also in a playbook
   * that undoes what fails. `undo`: nobody is asked.
   */
  readonly is: 'answered' | 'unanswered' | 'hold' | 'undo';

  constructor(message: string, is: StepFailure['is'] = 'answered') {
    super(message);
    this.is = is;
  }
}

/** Of anything that a step throws, but for a cancellation, which is thrown again. */
export function failureIn(error: unknown): StepFailure {
  if (isCancellation(error)) throw error;
  if (error instanceof StepFailure) return error;
  return new StepFailure(reasonOf(error));
}

/**
 * Of an act that was begun. Where nobody knows whether it was carried out, it is never begun again
 * without a person: another attempt is another act.
 */
export function actFailureIn(error: unknown): StepFailure {
  const failure = failureIn(error);
  if (failure.is !== 'answered' || !isUnanswered(error)) return failure;
  const look = 'Nobody knows whether it was carried out: look before you answer with retry';
  return new StepFailure(`${failure.message}. ${look}`, 'unanswered');
}

const unanswered: readonly (string | null | undefined)[] = [
  failureTypes.agentActLost,
  failureTypes.agentAbsent,
  failureTypes.agentUnavailable,
];

function isUnanswered(error: unknown): boolean {
  if (error instanceof TimeoutFailure || error instanceof TerminatedFailure) return true;
  if (error instanceof ApplicationFailure && unanswered.includes(error.type)) return true;
  // A run that was refused has done nothing, whatever it was refused for.
  if (error instanceof ChildWorkflowFailure && error.cause instanceof ApplicationFailure) {
    return false;
  }
  return error instanceof Error && isUnanswered(error.cause);
}
