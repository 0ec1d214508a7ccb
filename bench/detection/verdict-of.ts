import type { WorkflowHandle } from '@temporalio/client';
import { timestampMs } from '../measures/timestamp-ms.ts';

/** When the last hold's verdict reached the rollout, in milliseconds since the epoch; undefined if there was none. */
export async function verdictAtMs(handle: WorkflowHandle): Promise<number | undefined> {
  const { events } = await handle.fetchHistory();
  const watches = new Set<string>();
  let atMs: number | undefined;
  for (const { eventId, eventTime, ...event } of events ?? []) {
    const { activityTaskScheduledEventAttributes: scheduled } = event;
    if (scheduled?.activityType?.name === 'watchHold') watches.add(String(eventId));
    const { activityTaskCompletedEventAttributes: completed } = event;
    if (completed && watches.has(String(completed.scheduledEventId))) atMs = timestampMs(eventTime);
  }
  return atMs;
}
