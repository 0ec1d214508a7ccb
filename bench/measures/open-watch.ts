import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { timestampMs } from './timestamp-ms.ts';

const { PENDING_ACTIVITY_STATE_STARTED } = proto.temporal.api.enums.v1.PendingActivityState;

/** The watch of an open hold, as the server reports it. Milliseconds since the epoch. */
export interface OpenWatch {
  attempt: number;
  startedAtMs: number;
  /** The last heartbeat, or the start of the attempt. */
  lastSeenAtMs: number;
  workerPid: number;
}

/** Undefined unless a worker is watching the hold of this rollout, as far as the server knows. */
export async function readOpenWatch(handle: WorkflowHandle): Promise<OpenWatch | undefined> {
  const { raw } = await handle.describe();
  const watch = raw.pendingActivities?.findLast(
    ({ activityType, state }) =>
      activityType?.name === 'watchHold' && state === PENDING_ACTIVITY_STATE_STARTED,
  );
  if (!watch) return undefined;
  const startedAtMs = timestampMs(watch.lastStartedTime);
  return {
    attempt: watch.attempt ?? 1,
    startedAtMs,
    lastSeenAtMs: Math.max(startedAtMs, timestampMs(watch.lastHeartbeatTime)),
    workerPid: Number.parseInt(watch.lastWorkerIdentity ?? '', 10),
  };
}
