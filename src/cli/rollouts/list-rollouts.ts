import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { workflowTypes } from '../../kinds/workflow-types.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import type { ListedRollout } from '../render/lists.ts';

const types = Object.values(workflowTypes).map((type) => `'${type}'`);
const isRollout = `WorkflowType IN (${types.join(', ')})`;
const mostPastRuns = 500;

/** The open rollouts as visibility has them: it may lag by a moment. */
export async function listOpenRollouts(client: Client): Promise<ListedRollout[]> {
  const query = `${isRollout} AND ExecutionStatus = 'Running'`;
  const rollouts: ListedRollout[] = [];
  for await (const info of client.workflow.list({ query })) rollouts.push(openRollout(info));
  return rollouts;
}

/** Where rollouts of a service have run, as far as Temporal remembers. */
export async function listEnvironments(client: Client, service: string): Promise<string[]> {
  const query = `${isRollout} AND ${searchAttributeNames.service} = '${service}'`;
  const environments = new Set<string>();
  let runs = 0;
  for await (const info of client.workflow.list({ query })) {
    environments.add(openRollout(info).environment);
    if (++runs === mostPastRuns) break;
  }
  return [...environments];
}

type Listed = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'startTime' | 'typedSearchAttributes'
>;

export function openRollout(info: Listed): ListedRollout {
  const attribute = (name: string) =>
    info.typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD')) ?? '';
  const [, environment = '', service = info.workflowId] = info.workflowId.split('/');
  return {
    workflowId: info.workflowId,
    runId: info.runId,
    kind: attribute(searchAttributeNames.kind),
    service: attribute(searchAttributeNames.service) || service,
    environment: attribute(searchAttributeNames.environment) || environment,
    version: attribute(searchAttributeNames.version),
    phase: attribute(searchAttributeNames.phase) || 'starting',
    startedAtMs: info.startTime.getTime(),
  };
}
