import { randomUUID } from 'node:crypto';
import {
  WithStartWorkflowOperation,
  type Client,
  type WorkflowStartOptions,
} from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { describeRun } from '../../adapters/temporal/describe-run.ts';
import { keywordPairs } from '../../adapters/temporal/keyword-pairs.ts';
import { readStart } from '../../adapters/temporal/read-start.ts';
import {
  deployUpdate,
  type DeployReceipt,
  type DeployRequest,
} from '../../contracts/kernel/messages.ts';
import { rolloutWorkflowId } from '../../kinds/locks.ts';
import { workflowTypes } from '../../kinds/workflow-types.ts';
import {
  attributesOfStart,
  searchAttributeNames,
} from '../../contracts/kernel/search-attributes.ts';
import { deploymentsOf } from '../../policies/rollouts/deployments-of.ts';
import type { AnySpec } from '../../specs/rollouts/resolution.ts';
import type { WrittenSpec } from '../../specs/rollouts/written-spec.ts';
import { isWorkerAway, workerAnswerMs } from '../runs/unanswered.ts';

export interface RolloutOrder {
  spec: AnySpec;
  /** What the workflow is given: it resolves this itself. */
  asWritten: WrittenSpec;
  taskQueue: string;
  by: string;
  why?: string;
}

export interface StartedRollout {
  workflowId: string;
  runId: string;
  /** Absent while no worker has taken the rollout up: it begins when one does. */
  receipt?: DeployReceipt;
}

/**
 * Starts the rollout, or hands the spec to the one that is open under the same ID, which decides
 * whether it makes way. Throws WorkflowUpdateFailedError with its reason when it does not.
 */
export async function startRollout(client: Client, order: RolloutOrder): Promise<StartedRollout> {
  const request: DeployRequest = {
    requestId: randomUUID(),
    kind: order.spec.kind,
    by: order.by,
    ...(order.why !== undefined && { why: order.why }),
  };
  const workflowId = rolloutWorkflowId(order.spec);
  const start = new WithStartWorkflowOperation(
    workflowTypes[order.spec.kind],
    startOptions(order, request),
  );
  try {
    const receipt = await client.withDeadline(Date.now() + workerAnswerMs, () =>
      client.workflow.executeUpdateWithStart<never, DeployReceipt, unknown[]>(deployUpdate, {
        startWorkflowOperation: start as WithStartWorkflowOperation<never>,
        args: [order.asWritten, request],
        updateId: request.requestId,
      }),
    );
    const run = await describeRun(client, workflowId);
    return { workflowId, runId: run?.runId ?? '', receipt };
  } catch (error) {
    const runId = isWorkerAway(error)
      ? await runStartedBy(client, workflowId, request.requestId)
      : undefined;
    if (runId === undefined) throw error;
    return { workflowId, runId };
  }
}

/** The run that this request started, if it did not meet another rollout. */
async function runStartedBy(
  client: Client,
  workflowId: string,
  requestId: string,
): Promise<string | undefined> {
  const run = await describeRun(client, workflowId);
  if (run?.status.name !== 'RUNNING') return undefined;
  const { input } = await readStart(client, { workflowId, runId: run.runId });
  const [, request] = input;
  return (request as DeployRequest | undefined)?.requestId === requestId ? run.runId : undefined;
}

function startOptions(order: RolloutOrder, request: DeployRequest) {
  const { spec } = order;
  const version = spec.kind === 'rollback' ? undefined : spec.release.version;
  return {
    workflowId: rolloutWorkflowId(spec),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: order.taskQueue,
    args: [order.asWritten, request],
    typedSearchAttributes: [
      ...keywordPairs({
        ...attributesOfStart(spec.kind, { environment: spec.environment, name: spec.service }),
        ...(version !== undefined && { [searchAttributeNames.version]: version }),
      }),
      { key: deploymentsKey, value: deploymentsOf(spec) },
    ],
    staticSummary: summary(spec),
    staticDetails: [
      `Asked for by ${order.by}${order.why === undefined ? '' : `: ${order.why}`}`,
      '',
      `Follow it with \`belay watch ${spec.environment}/${spec.service}\`.`,
    ].join('\n'),
  } satisfies WorkflowStartOptions & { workflowIdConflictPolicy: 'USE_EXISTING' };
}

function summary(spec: AnySpec): string {
  const where = `${spec.service} in ${spec.environment}`;
  switch (spec.kind) {
    case 'canary':
      return `Canary of ${where} to ${spec.release.version}`;
    case 'blueGreen':
      return `Blue-green switch of ${where} to ${spec.release.version}`;
    case 'rolling':
      return `Rolling update of ${where} to ${spec.release.version}`;
    case 'recreate':
      return `Recreation of ${where} as ${spec.release.version}`;
    case 'rollback':
      return `Rollback of ${where} to ${spec.toRevision === undefined ? 'the release before' : `revision ${spec.toRevision}`}`;
  }
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');
