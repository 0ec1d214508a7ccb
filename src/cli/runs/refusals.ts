import { WorkflowUpdateFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import { exitCodes, type ExitCode } from '../failure.ts';

const exitCodeOf: Record<string, ExitCode> = {
  [failureTypes.invalidSpec]: exitCodes.badInput,
  [failureTypes.wrongWorkflowId]: exitCodes.badInput,
  [failureTypes.noSuchRevision]: exitCodes.badInput,
  [failureTypes.alreadyRunning]: exitCodes.alreadyRunning,
  [failureTypes.targetUnavailable]: exitCodes.unreachable,
  [failureTypes.changeControlUnavailable]: exitCodes.unreachable,
  [failureTypes.invalidInput]: exitCodes.badInput,
};

/** A rollout's own reason for refusing what it was sent. */
export interface Refusal {
  type: string;
  reason: string;
}

/** Undefined for an error that is no refusal. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof WorkflowUpdateFailedError)) return undefined;
  const { cause } = error;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  return { type: cause.type ?? '', reason: cause.message };
}

export function exitCodeOfRefusal({ type }: Refusal): ExitCode {
  return exitCodeOf[type] ?? exitCodes.notDone;
}
