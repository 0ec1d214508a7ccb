import { parseWorkflowId } from '../../../kinds/locks.ts';
import { rolloutLock } from '../../../kinds/rollouts.ts';

/** Whom a line of the log is about; nothing for workflows that are not about one service. */
export function serviceOfWorkflow(
  workflowId: string | undefined,
): { service: string; environment: string } | Record<string, never> {
  const { lock, environment, name } = parseWorkflowId(workflowId ?? '') ?? {};
  return lock === rolloutLock && environment && name ? { service: name, environment } : {};
}
