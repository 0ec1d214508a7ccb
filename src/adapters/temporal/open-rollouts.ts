import { WorkflowNotFoundError, WorkflowUpdateFailedError, type Client } from '@temporalio/client';
import { ApplicationFailure, defineSearchAttributeKey } from '@temporalio/common';
import type { OpenRollouts, ServiceName } from '../../contracts/rollouts/alerts.ts';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import { statusQuery, type VerbInput, type VerbReceipt } from '../../contracts/kernel/messages.ts';
import { parseWorkflowId, rolloutWorkflowId } from '../../kinds/locks.ts';
import { hasEnded, isOpen, runsQuery } from '../../kinds/list-query.ts';
import { rolloutKinds, rolloutLock } from '../../kinds/rollouts.ts';
import { readRolloutReport } from '../../contracts/rollouts/read-report.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import type { RolloutStatus } from '../../contracts/rollouts/status.ts';
import { describeRun } from './describe-run.ts';
import { listRuns } from './list-runs.ts';

interface WorkflowRun {
  workflowId: string;
  runId: string;
}

/** One service is looked for, and more than one is too many already; but one may have many runs that ended. */
const mostListed = 50;
/** What Kubernetes takes for names; anything else is no Deployment's, and no part of a query. */
const deploymentName = /^[a-z0-9.-]{1,253}\/[a-z0-9.-]{1,253}$/;

/** Asks the server by ID wherever an ID is known: its list lags. */
export function createOpenRollouts(client: Client): OpenRollouts {
  const findOpen = async (workflowId: string) => {
    const run = await describeRun(client, workflowId);
    return run?.status.name === 'RUNNING' ? run : undefined;
  };
  const listDeployed = async (name: string, condition: string) => {
    const deployed = `${searchAttributeNames.deployments} = "${name}"`;
    const query = runsQuery(Object.values(rolloutKinds), condition, deployed);
    const runs = await firstOf(listRuns(client, query, mostListed));
    return runs.map(({ workflowId }) => workflowId);
  };
  const readReport = async ({ workflowId, runId }: WorkflowRun) => {
    const handle = client.workflow.getHandle(workflowId, runId, { followRuns: false });
    return readRolloutReport(await handle.result());
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
      // Traffic stays on a bad release until both have answered.
      const [namesake, listed] = await Promise.all([
        findOpen(rolloutWorkflowId({ service: deployment, environment: namespace })),
        listDeployed(name, isOpen),
      ]);
      const atOnce = namesake?.typedSearchAttributes.get(deploymentsKey)?.includes(name)
        ? [namesake.workflowId]
        : [];
      return servicesOf([...atOnce, ...listed]);
    },

    async findEndedByDeployment({ namespace, deployment }) {
      const name = `${namespace}/${deployment}`;
      return deploymentName.test(name) ? servicesOf(await listDeployed(name, hasEnded)) : [];
    },

    async readLast(workflowId) {
      const last = await describeRun(client, workflowId);
      if (last === undefined) return undefined;
      const ofId = `WorkflowId = ${JSON.stringify(workflowId)}`;
      const query = runsQuery(Object.values(rolloutKinds), ofId);
      const listed = await firstOf(client.workflow.list({ query, pageSize: mostListed }));
      // The server's list lags, and may or may not have the last one.
      const earlier = listed.filter(({ runId }) => runId !== last.runId);
      // A start that is refused has never acted; what was superseded has a successor.
      const acted = [last, ...earlier].find(
        ({ status }) => status.name !== 'FAILED' && status.name !== 'CONTINUED_AS_NEW',
      );
      if (acted?.status.name !== 'COMPLETED') return undefined;
      return readReport({ workflowId, runId: acted.runId });
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
      const state = (await describeRun(client, workflowId, runId))?.status.name ?? 'forgotten';
      if (state !== 'COMPLETED') return { state };
      const report = await readReport({ workflowId, runId });
      return { state, ...(report !== undefined && { report }) };
    },
  };
}

/** The newest: however many there are, an alert does not wait for the rest of the list. */
async function firstOf<T>(listed: AsyncIterable<T>): Promise<T[]> {
  const first: T[] = [];
  for await (const one of listed) {
    first.push(one);
    if (first.length >= mostListed) break;
  }
  return first;
}

function servicesOf(workflowIds: readonly string[]): ServiceName[] {
  return [...new Set(workflowIds)].map(serviceOf).filter((one) => one !== undefined);
}

/** Undefined where the ID is not the lock of any service: such a run refuses to act. */
function serviceOf(workflowId: string): ServiceName | undefined {
  const { lock, environment, name } = parseWorkflowId(workflowId) ?? {};
  if (lock !== rolloutLock || environment === undefined || name === undefined) return undefined;
  return { service: name, environment };
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');

function whyRefused(error: unknown): string | undefined {
  if (error instanceof WorkflowNotFoundError) return 'the rollout has just ended';
  const cause = error instanceof WorkflowUpdateFailedError ? error.cause : undefined;
  const isRefusal = cause instanceof ApplicationFailure && cause.type === failureTypes.verbRefused;
  return isRefusal ? cause.message : undefined;
}
