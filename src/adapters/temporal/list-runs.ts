import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';
import { parseWorkflowId } from '../../kinds/locks.ts';

/** A run as Temporal's list has it, which may lag by a moment. */
export interface ListedRun {
  workflowId: string;
  runId: string;
  /** Empty where the run has not said its kind. */
  kind: string;
  environment: string;
  name: string;
  /** What is rolled out; empty where the run is about something else. */
  version: string;
  phase: string;
  /** Of an incident. */
  severity?: string;
  startedAtMs: number;
}

export async function* listRuns(
  client: Client,
  query: string,
  pageSize?: number,
): AsyncGenerator<ListedRun, void> {
  const options = { query, ...(pageSize !== undefined && { pageSize }) };
  for await (const info of client.workflow.list(options)) yield listedRun(info);
}

type Listed = Pick<
  WorkflowExecutionInfo,
  'workflowId' | 'runId' | 'startTime' | 'typedSearchAttributes'
>;

export function listedRun({
  workflowId,
  runId,
  startTime,
  typedSearchAttributes,
}: Listed): ListedRun {
  const attribute = (name: string) =>
    typedSearchAttributes.get(defineSearchAttributeKey(name, 'KEYWORD')) ?? '';
  const severity = attribute(searchAttributeNames.severity);
  const { environment = '', name = workflowId } = parseWorkflowId(workflowId) ?? {};
  return {
    workflowId,
    runId,
    kind: attribute(searchAttributeNames.kind),
    environment: attribute(searchAttributeNames.environment) || environment,
    name: attribute(searchAttributeNames.service) || name,
    version: attribute(searchAttributeNames.version),
    phase: attribute(searchAttributeNames.phase) || 'starting',
    ...(severity !== '' && { severity }),
    startedAtMs: startTime.getTime(),
  };
}
