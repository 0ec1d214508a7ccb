import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { OpenRollouts } from '../../contracts/alerts.ts';
import { failureTypes } from '../../contracts/failures.ts';
import {
  statusQuery,
  workflowTypes,
  type VerbInput,
  type VerbReceipt,
} from '../../contracts/messages.ts';
import type { RolloutStatus } from '../../contracts/status.ts';

const types = Object.values(workflowTypes).map((type) => `'${type}'`);
const openRollouts = `WorkflowType IN (${types.join(', ')}) AND ExecutionStatus = 'Running'`;
const mostListed = 500;

/** Asks the server by ID wherever an ID is known: its list lags. */
export function createOpenRollouts(client: Client): OpenRollouts {
  const findOpen = async (workflowId: string) => {
    const run = await describe(client, workflowId);
    return run?.status.name === 'RUNNING' ? run : undefined;
  };
  return {
    async see(workflowId) {
      const run = await findOpen(workflowId);
      if (run === undefined) return undefined;
      const { runId } = run;
      const handle = client.workflow.getHandle(workflowId, runId);
      const status = await handle.query<RolloutStatus>(statusQuery);
      const { rolloutId, kind, version, phase, trafficSinceMs } = status;
      return {
        ...{ rolloutId, runId, kind, version, phase },
        ...(trafficSinceMs !== undefined && { trafficSinceMs }),
      };
    },

    async readSpec(workflowId) {
      const run = await findOpen(workflowId);
      if (run === undefined) return undefined;
      const { history } = await client.workflowService.getWorkflowExecutionHistory({
        namespace: client.options.namespace,
        execution: { workflowId, runId: run.runId },
        maximumPageSize: 1,
      });
      const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
      const [spec] = started?.input?.payloads ?? [];
      return spec && defaultPayloadConverter.fromPayload(spec);
    },

    async listIds() {
      const ids = new Set<string>();
      for await (const { workflowId } of client.workflow.list({ query: openRollouts })) {
        ids.add(workflowId);
        if (ids.size === mostListed) break;
      }
      return [...ids];
    },

    async abort({ workflowId, runId, updateId, by, why }) {
      const handle = client.workflow.getHandle(workflowId, runId);
      const input: VerbInput = { by, why, cause: 'alert' };
      try {
        await handle.executeUpdate<VerbReceipt, [VerbInput]>('abort', { args: [input], updateId });
        return { accepted: true };
      } catch (error) {
        const reason = whyRefused(error);
        if (reason === undefined) throw error;
        return { accepted: false, reason };
      }
    },

    async readState({ workflowId, runId }) {
      const run = await describe(client, workflowId, runId);
      return run?.status.name ?? 'forgotten';
    },
  };
}

async function describe(
  client: Client,
  workflowId: string,
  runId?: string,
): Promise<WorkflowExecutionDescription | undefined> {
  try {
    return await client.workflow.getHandle(workflowId, runId).describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}

function whyRefused(error: unknown): string | undefined {
  if (error instanceof WorkflowNotFoundError) return 'the rollout has just ended';
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  const isRefusal = cause instanceof ApplicationFailure && cause.type === failureTypes.verbRefused;
  return isRefusal ? cause.message : undefined;
}
