import { isGrpcServiceError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import type { CallResult, CallHealth } from '../../contracts/kernel/breakers.ts';

/** gRPC status codes. */
const deadlineExceeded = 4;
const failureCodes: Record<number, string> = {
  [deadlineExceeded]: 'it did not answer in time',
  13: 'it failed',
  14: 'it cannot be reached',
};
const cancelled = 1;

/** Whether a response, or none, shows that Temporal is healthy. A refusal, or "not found", does. */
export function judgeTemporal(outcome: CallResult<unknown>): CallHealth {
  if ('error' in outcome && outcome.error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
    return 'ignored';
  }
  const code = codeOf(outcome);
  if (code === cancelled) return 'ignored';
  const reason = code === undefined ? undefined : failureCodes[code];
  return reason === undefined ? 'ok' : { failed: reason };
}

/** The same for a call that a worker also has to answer: a timeout says nothing about Temporal. */
export function judgeTemporalAlone(outcome: CallResult<unknown>): CallHealth {
  if (codeOf(outcome) === deadlineExceeded) return 'ignored';
  return judgeTemporal(outcome);
}

/** The client wraps gRPC errors. */
function codeOf(outcome: CallResult<unknown>): number | undefined {
  if ('value' in outcome) return undefined;
  const { error } = outcome;
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return isGrpcServiceError(cause) ? cause.code : undefined;
}
