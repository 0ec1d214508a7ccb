import {
  isGrpcServiceError,
  ServiceError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../contracts/failures.ts';
import type { Verb, VerbInput, VerbReceipt } from '../../contracts/messages.ts';

export type VerbAnswer =
  | { kind: 'accepted'; receipt: VerbReceipt }
  | { kind: 'refused'; reason: string }
  /** No rollout is open under this ID. */
  | { kind: 'nothing-open' };

export interface VerbOrder {
  workflowId: string;
  verb: Verb;
  input: VerbInput;
  /** The same again is the same message: it is answered as before, and not done twice. */
  updateId: string;
}

/** Says a verb as an update. Throws where Temporal, or a worker, does not answer. */
export async function sayVerbOnce(
  client: Client,
  { workflowId, verb, input, updateId }: VerbOrder,
): Promise<VerbAnswer> {
  const handle = client.workflow.getHandle(workflowId);
  try {
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

/** Neither done nor refused: the server, or whoever works for it, could not be reached in time. */
export function isUnanswered(error: unknown): boolean {
  return (
    error instanceof ServiceError ||
    error instanceof WorkflowUpdateRPCTimeoutOrCancelledError ||
    isGrpcServiceError(error)
  );
}
