import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';

const { TaskQueueType } = proto.temporal.api.enums.v1;
const taskQueueTypes = {
  workflow: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  activity: TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY,
} as const;

export interface PolledQueue {
  taskQueue: string;
  type: keyof typeof taskQueueTypes;
}

const longPollMs = 70_000;

/** Processes that polled recently; one that died counts until its last poll is old. */
export async function countPollers(
  client: Client,
  { taskQueue, type }: PolledQueue,
  nowMs = Date.now(),
): Promise<number> {
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: taskQueue },
    taskQueueType: taskQueueTypes[type],
  });
  const recent = pollers.filter(({ lastAccessTime }) => {
    return Number(lastAccessTime?.seconds ?? 0) * 1000 >= nowMs - longPollMs;
  });
  return new Set(recent.map(({ identity }) => identity)).size;
}
