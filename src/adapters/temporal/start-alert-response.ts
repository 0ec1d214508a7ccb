import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { defineSearchAttributeKey } from '@temporalio/common';
import { alertWorkflowId, type Alert } from '../../contracts/rollouts/alerts.ts';
import { alertWorkflowType } from '../../kinds/workflow-types.ts';
import { searchAttributeNames } from '../../contracts/kernel/search-attributes.ts';

export interface StartedResponse {
  alertId: string;
  /** Received before: its response exists, or is in progress. */
  known: boolean;
}

/**
 * Returns when the alert is durable in Temporal, where it is handled once. A response that failed decided
 * nothing, so the alert's next notification starts it again.
 */
export async function startAlertResponse(
  client: Client,
  taskQueue: string,
  alert: Alert,
): Promise<StartedResponse> {
  const alertId = alertWorkflowId(alert);
  const { service, environment, deployment, namespace } = alert.subject;
  const about = [environment ?? namespace, service ?? deployment].filter(Boolean).join('/');
  const key = defineSearchAttributeKey(searchAttributeNames.kind, 'KEYWORD');
  try {
    await client.workflow.start(alertWorkflowType, {
      workflowId: alertId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      workflowIdConflictPolicy: 'FAIL',
      taskQueue,
      args: [alert],
      typedSearchAttributes: [{ key, value: 'alert' }],
      staticSummary: `${alert.name.slice(0, 100)} on ${about.slice(0, 100) || 'no service'}`,
    });
    return { alertId, known: false };
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { alertId, known: true };
    throw error;
  }
}
