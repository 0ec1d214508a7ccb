import { parseWorkflowId } from '../../../src/kinds/locks.ts';

/** Not change control, and nothing that is done now and then. */
export function isRun(workflowId: string | undefined): boolean {
  return workflowId !== undefined && parseWorkflowId(workflowId) !== undefined;
}
