import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';

/** Of gRPC's status codes. */
const deadlineExceeded = 4;
const failureCodes: Record<number, string> = {
  [deadlineExceeded]: 'it did not answer in time',
  13: 'it failed',
  14: 'it cannot be reached',
};
const cancelled = 1;

/** What an answer, or none, says of Temporal itself: one that refuses, or knows no such thing, is well. */
export function judgeTemporal(outcome: CallResult<unknown>): CallHealth {
  if ('error' in outcome && outcome.error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return 'ignored';
  }
  const code = codeOf(outcome);
  if (code === cancelled) return 'ignored';
  const reason = code === undefined ? undefined : failureCodes[code];
  return reason === undefined ? 'ok' : { failed: reason };
}

/** The same of a call that a worker has to answer, too: in time or not says nothing of Temporal. */
export function judgeTemporalAlone(outcome: CallResult<unknown>): CallHealth {
  if (codeOf(outcome) === deadlineExceeded) return 'ignored';
  return judgeTemporal(outcome);
}

/** The client wraps what gRPC says. */
function codeOf(outcome: CallResult<unknown>): number | undefined {
  if ('value' in outcome) return undefined;
  const { error } = outcome;
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}
