import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { until } from '../measures/until.ts';
import type { KillableWorker } from './killable-worker.ts';

const { PENDING_ACTIVITY_STATE_STARTED } = proto.temporal.api.enums.v1.PendingActivityState;
const { WORKFLOW_EXECUTION_STATUS_RUNNING } = proto.temporal.api.enums.v1.WorkflowExecutionStatus;

const pollMs = 20;
/** From the worker's death until it is started again. */
const awayMs = 1_500;

/**
 * Kills the worker while it runs this activity, and starts it again. Returns when it was killed, in
 * milliseconds since the epoch; undefined if the rollout ended before that.
 */
export async function killIn(
  activity: string,
  worker: KillableWorker,
  handle: WorkflowHandle,
): Promise<number | undefined> {
  const state = await until(
    `the worker is in ${activity}`,
    () => whereIs(handle, activity),
    pollMs,
  );
  if (state === 'ended') return undefined;
  await worker.kill();
  const killedAtMs = Date.now();
  await sleep(awayMs);
  await worker.start();
  return killedAtMs;
}

async function whereIs(
  handle: WorkflowHandle,
  activity: string,
): Promise<'there' | 'ended' | undefined> {
  const { raw } = await handle.describe();
  if (raw.workflowExecutionInfo?.status !== WORKFLOW_EXECUTION_STATUS_RUNNING) return 'ended';
  const isThere = raw.pendingActivities?.some(
    ({ activityType, state }) =>
      activityType?.name === activity && state === PENDING_ACTIVITY_STATE_STARTED,
  );
  return isThere ? 'there' : undefined;
}
