import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import {
  changeControlQuery,
  type ChangeControlState,
} from '../../contracts/kernel/change-control.ts';
import { changeControlWorkflowId, environmentOfChangeControl } from '../../kinds/locks.ts';
import { changeControlWorkflowType } from '../../kinds/workflow-types.ts';
import { workerAnswerMs } from '../runs/unanswered.ts';

/** Of one environment, or of all that Temporal lists; what nobody has asked yet is empty. */
export async function readChangeControls(
  client: Client,
  environment?: string,
): Promise<ChangeControlState[]> {
  const environments = environment === undefined ? await listEnvironments(client) : [environment];
  return Promise.all(environments.map((one) => readChangeControl(client, one)));
}

async function readChangeControl(client: Client, environment: string): Promise<ChangeControlState> {
  const handle = client.workflow.getHandle(changeControlWorkflowId(environment));
  try {
    return await client.withDeadline(Date.now() + workerAnswerMs, async () => {
      const { status } = await handle.describe();
      if (status.name !== 'RUNNING') return neverAsked(environment);
      return handle.query<ChangeControlState>(changeControlQuery);
    });
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return neverAsked(environment);
    throw error;
  }
}

function neverAsked(environment: string): ChangeControlState {
  return { environment, freezes: [], permits: [], records: [], nextFreeze: 1 };
}

async function listEnvironments(client: Client): Promise<string[]> {
  const query = `WorkflowType = '${changeControlWorkflowType}' AND ExecutionStatus = 'Running'`;
  const environments: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    const environment = environmentOfChangeControl(workflowId);
    if (environment !== undefined) environments.push(environment);
  }
  return environments.sort();
}
