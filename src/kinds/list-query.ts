import type { KindDefinition } from './kind.ts';

export const isOpen = "ExecutionStatus = 'Running'";

/** Came to its end by itself, and has a report as its result. */
export const hasEnded = "ExecutionStatus = 'Completed'";

/** For Temporal's list: the runs of these kinds for which all of the conditions hold. */
export function runsQuery(
  kinds: readonly Pick<KindDefinition, 'workflowType'>[],
  ...conditions: readonly string[]
): string {
  const types = kinds.map(({ workflowType }) => `'${workflowType}'`);
  return [`WorkflowType IN (${types.join(', ')})`, ...conditions].join(' AND ');
}
