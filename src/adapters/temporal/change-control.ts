import { setTimeout as sleep } from 'node:timers/promises';
import {
  isGrpcServiceError,
  WithStartWorkflowOperation,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { bulkhead, type BulkheadPolicy } from 'cockatiel';
import { defineSearchAttributeKey } from '@temporalio/common';
import {
  changeControlMessages,
  changeControlQuery,
  type ChangeControlState,
  type PermitAnswer,
  type PermitRequest,
} from '../../contracts/kernel/change-control.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import { changeControlWorkflowId } from '../../kinds/locks.ts';
import { changeControlWorkflowType } from '../../kinds/workflow-types.ts';
import { signalOrStart } from './signal-or-start.ts';

export interface ChangeControlMessage {
  environment: string;
  /** Where its workflow runs if it is started now. */
  taskQueue: string;
  name: string;
  input: unknown;
  /** A repeated message with this ID gets the answer that the first one got. */
  updateId?: string;
}

/** Sends an update to the change control of an environment, and starts it if it does not run yet. */
export async function tellChangeControl<Answer>(
  client: Client,
  message: ChangeControlMessage,
): Promise<Answer> {
  const { environment, name, input, updateId } = message;
  const options = { args: [input] as [unknown], ...(updateId !== undefined && { updateId }) };
  try {
    return await client.workflow
      .getHandle(changeControlWorkflowId(environment))
      .executeUpdate<Answer, [unknown]>(name, options);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
  const start = new WithStartWorkflowOperation(
    changeControlWorkflowType,
    startOptions(message),
  ) as WithStartWorkflowOperation<never>;
  return client.workflow.executeUpdateWithStart<never, Answer, [unknown]>(name, {
    startWorkflowOperation: start,
    ...options,
  });
}

/** What the change control of an environment keeps until the deadline; undefined if it does not run. */
export async function readChangeControlState(
  client: Client,
  { environment, deadlineMs }: Pick<AskingForPermit, 'environment' | 'deadlineMs'>,
): Promise<ChangeControlState | undefined> {
  const handle = client.workflow.getHandle(changeControlWorkflowId(environment));
  try {
    return await client.withDeadline(deadlineMs, async () => {
      const { status } = await handle.describe();
      const isOpen = status.name === 'RUNNING' || status.name === 'PAUSED';
      return isOpen ? await handle.query<ChangeControlState>(changeControlQuery) : undefined;
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

export type AskPermit = (request: PermitRequest, asking: AskingForPermit) => Promise<PermitAnswer>;

/**
 * Temporal takes ten updates of one workflow at once. One more is not only refused: it has the server
 * forget the task that answers the others. So runs of one worker wait for their turn.
 */
const askedAtOnce = 3;

/** Asks for permits until their deadlines. Throws with the reason where there is no answer. */
export function createAskPermit(client: Client): AskPermit {
  const turns = new Map<string, BulkheadPolicy>();
  const turnsOf = (environment: string): BulkheadPolicy => {
    const present = turns.get(environment) ?? bulkhead(askedAtOnce, Infinity);
    turns.set(environment, present);
    return present;
  };
  return (request, asking) =>
    turnsOf(asking.environment).execute(() => {
      if (Date.now() >= asking.deadlineMs) throw new Error('too many runs ask it at once');
      return askPermit(client, request, asking);
    });
}

async function askPermit(
  client: Client,
  request: PermitRequest,
  { environment, taskQueue, deadlineMs, runId }: AskingForPermit,
): Promise<PermitAnswer> {
  // A run that was reset keeps its runRef, but is judged anew.
  const updateId = `${request.runRef}/${runId}/permit`;
  const message = { environment, taskQueue, name: changeControlMessages.askPermit };
  for (;;) {
    // Asked again now and then: an answer can be lost when change control continues as new.
    const sliceEndMs = Math.min(deadlineMs, Date.now() + askAgainMs);
    try {
      return await client.withDeadline(sliceEndMs, () =>
        tellChangeControl<PermitAnswer>(client, {
          ...message,
          input: { ...request, runId },
          updateId,
        }),
      );
    } catch (error) {
      if (error instanceof WorkflowUpdateFailedError && error.cause) throw error.cause;
      const wasJudged = !(
        error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || hasLostItsTask(error)
      );
      if (wasJudged) throw error;
      if (Date.now() + pauseMs < deadlineMs) {
        await sleep(pauseMs);
        continue;
      }
      const workflowId = changeControlWorkflowId(environment);
      throw new Error(`no worker answers for its workflow, ${workflowId}`, { cause: error });
    }
  }
}

const askAgainMs = 500;
const pauseMs = 20;
const grpcFailedPrecondition = 9;

/** A message arrived just when change control continued as new: the server drops the task, and the updates in it. */
function hasLostItsTask(error: unknown): boolean {
  const cause = error instanceof Error && !isGrpcServiceError(error) ? error.cause : error;
  return (
    isGrpcServiceError(cause) &&
    Number(cause.code) === grpcFailedPrecondition &&
    cause.details.includes('unexpected workflow task failure')
  );
}

export interface AskingForPermit {
  environment: string;
  /** Where change control runs if it is started now. */
  taskQueue: string;
  deadlineMs: number;
  /** The execution that asks. */
  runId: string;
}

/** Leaves a message as a signal: it waits where no worker runs. */
export async function leaveForChangeControl(
  client: Client,
  message: ChangeControlMessage,
): Promise<void> {
  await signalOrStart(() =>
    client.workflow.signalWithStart(changeControlWorkflowType, {
      ...startOptions(message),
      signal: message.name,
      signalArgs: [message.input],
    }),
  );
}

function startOptions({ environment, taskQueue }: ChangeControlMessage) {
  return {
    workflowId: changeControlWorkflowId(environment),
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue,
    args: [],
    typedSearchAttributes: [
      {
        key: defineSearchAttributeKey(searchAttributeNames.kind, 'KEYWORD'),
        value: 'changeControl',
      },
      {
        key: defineSearchAttributeKey(searchAttributeNames.environment, 'KEYWORD'),
        value: environment,
      },
    ],
    staticSummary: `Change control of ${environment}`,
    staticDetails: `Permits, freezes and the safety lever. See \`belay freezes ${environment}\`.`,
  };
}
