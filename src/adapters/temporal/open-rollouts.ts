import {
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  type Client,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import type { OpenRollouts, ServiceName } from '../../contracts/rollouts/alerts.ts';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import { statusQuery, type VerbInput, type VerbReceipt } from '../../contracts/kernel/messages.ts';
import { parseWorkflowId, rolloutWorkflowId } from '../../kinds/locks.ts';
import { rolloutLock } from '../../kinds/rollouts.ts';
import { workflowTypes } from '../../kinds/workflow-types.ts';
import { readRolloutReport } from '../../contracts/rollouts/read-report.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';

const types = Object.values(workflowTypes).map((type) => `'${type}'`);
const openRollouts = `WorkflowType IN (${types.join(', ')}) AND ExecutionStatus = 'Running'`;
/** More than one is too many already. */
const mostListed = 10;
/** What Kubernetes takes for names; anything else is no Deployment's, and no part of a query. */
const deploymentName = /^[a-z0-9.-]{1,253}\/[a-z0-9.-]{1,253}$/;

/** Asks the server by ID wherever an ID is known: its list lags. */
export function createOpenRollouts(client: Client): OpenRollouts {
  const findOpen = async (workflowId: string) => {
    const run = await describe(client, workflowId);
    return run?.status.name === 'RUNNING' ? run : undefined;
  };
  return {
    async read(workflowId) {
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

    async findByDeployment({ namespace, deployment }) {
      const name = `${namespace}/${deployment}`;
      if (!deploymentName.test(name)) return [];
      const ids = new Set<string>();
      const namesake = await findOpen(
        rolloutWorkflowId({ service: deployment, environment: namespace }),
      );
      if (namesake?.typedSearchAttributes.get(deploymentsKey)?.includes(name)) {
        ids.add(namesake.workflowId);
      }
      const query = `${openRollouts} AND ${searchAttributeNames.deployments} = "${name}"`;
      for await (const { workflowId } of client.workflow.list({ query, pageSize: mostListed })) {
        ids.add(workflowId);
        if (ids.size >= mostListed) break;
      }
      return [...ids].map(serviceOf).filter((one) => one !== undefined);
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

    async readEnd({ workflowId, runId }) {
      const state = (await describe(client, workflowId, runId))?.status.name ?? 'forgotten';
      if (state !== 'COMPLETED') return { state };
      const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
      const report = readRolloutReport(await handle.result());
      return { state, ...(report !== undefined && { report }) };
    },
  };
}

/** Undefined where the ID is not the lock of any service: such a run refuses to act. */
function serviceOf(workflowId: string): ServiceName | undefined {
  const { lock, environment, name } = parseWorkflowId(workflowId) ?? {};
  if (lock !== rolloutLock || environment === undefined || name === undefined) return undefined;
  return { service: name, environment };
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');

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
