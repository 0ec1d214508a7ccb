import type { KindDefinition } from './kind.ts';

export const isOpen = "ExecutionStatus = 'Running'";

/** For Temporal's list: the runs of these kinds for which all of the conditions hold. */
export function runsQuery(
  kinds: readonly Pick<KindDefinition, 'workflowType'>[],
  ...conditions: readonly string[]
): string {
  const types = kinds.map(({ workflowType }) => `'${workflowType}'`);
  return [`WorkflowType IN (${types.join(', ')})`, ...conditions].join(' AND ');
}
