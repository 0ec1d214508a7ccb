import { isCancellation, rootCause } from '@temporalio/workflow';

/** Why a step did not end as it should. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** `unanswered`: nobody knows, so it is never gone on from. `undo`: nobody is asked. */
  readonly is: 'answered' | 'unanswered' | 'undo';

  constructor(message: string, is: StepFailure['is'] = 'answered') {
    super(message);
    this.is = is;
  }
}

/** Of anything that a step throws, but for a cancellation, which is thrown again. */
export function failureIn(error: unknown): StepFailure {
  if (isCancellation(error)) throw error;
  if (error instanceof StepFailure) return error;
  return new StepFailure(rootCause(error) ?? String(error));
}
