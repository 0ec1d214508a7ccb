import { proxyActivities, workflowInfo, type ActivityOptions } from '@temporalio/workflow';
import type { AlertActivities } from '../../../src/contracts/rollouts/alerts.ts';
import { alertTaskQueue } from '../../../src/contracts/kernel/messages.ts';

/** Activities of alerts have their own slots: many alerts do not delay rollouts, and rollouts do not delay alerts. */
export function alertActs(options: ActivityOptions): AlertActivities {
  const { taskQueue } = workflowInfo();
  return proxyActivities<AlertActivities>({ ...options, taskQueue: alertTaskQueue(taskQueue) });
}
