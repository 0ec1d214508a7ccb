import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { AlertActivities } from '../../../src/contracts/rollouts/alerts.ts';
import { alertTaskQueue } from '../../../src/contracts/kernel/messages.ts';

/** Activities of alerts, on slots of their own: many alerts do not delay rollouts, nor the other way round. */
export function alertActs(options: ActivityOptions): AlertActivities {
  const { taskQueue } = workflowInfo();
  return proxyActivities<AlertActivities>({ ...options, taskQueue: alertTaskQueue(taskQueue) });
}
