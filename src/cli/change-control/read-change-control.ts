import type { Client } from '@temporalio/client';
import { readChangeControlState } from '../../adapters/temporal/change-control.ts';
import type { ChangeControlState } from '../../contracts/kernel/change-control.ts';
import { environmentOfChangeControl } from '../../kinds/locks.ts';
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
  const deadlineMs = Date.now() + workerAnswerMs;
  const state = await readChangeControlState(client, { environment, deadlineMs });
  return state ?? neverAsked(environment);
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
