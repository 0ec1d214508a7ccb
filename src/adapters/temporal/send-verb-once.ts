import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import type { VerbInput, VerbReceipt } from '../../contracts/kernel/messages.ts';

export type VerbAnswer =
  | { kind: 'accepted'; receipt: VerbReceipt }
  | { kind: 'refused'; reason: string }
  /** No run is open under this ID. */
  | { kind: 'nothing-open' };

export interface VerbOrder {
  workflowId: string;
  verb: string;
  input: VerbInput;
  /** A repeated message with this ID gets the response to the first one and has no further effect. */
  updateId: string;
  /** When the message was signed, to the second. It cannot be for a run that started later. */
  signedAtMs?: number;
}

/**
 * Sends a verb, as an update, to the newest run and to no run that supersedes it meanwhile. Throws
 * where Temporal, or a worker, does not answer.
 */
export async function sendVerbOnce(
  client: Client,
  { workflowId, verb, input, updateId, signedAtMs }: VerbOrder,
): Promise<VerbAnswer> {
  try {
    const { runId, startTime } = await client.workflow.getHandle(workflowId).describe();
    const isEarlier = signedAtMs !== undefined && signedAtMs + 999 < startTime.getTime();
    if (isEarlier && input.runRef === undefined) {
      const reason = `${verb} was signed before the open run started (${startTime.toISOString()}), so it was not for this run`;
      return { kind: 'refused', reason };
    }
    const handle = client.workflow.getHandle(workflowId, runId);
    const receipt = await handle.executeUpdate<VerbReceipt, [VerbInput]>(verb, {
      args: [input],
      updateId,
    });
    return { kind: 'accepted', receipt };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { kind: 'nothing-open' };
    const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
    if (cause instanceof ApplicationFailure && cause.type === failureTypes.verbRefused) {
      return { kind: 'refused', reason: cause.message };
    }
    throw error;
  }
}

/** Neither accepted nor refused: the server, or a worker, could not be reached in time. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcServiceError(error)
  );
}
