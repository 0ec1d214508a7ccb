import type { WorkflowHandle } from '@temporalio/client';
import { timestampMs } from '../measures/timestamp-ms.ts';

/** When the first hold's verdict reached the rollout, milliseconds since the epoch. */
export async function verdictAtMs(handle: WorkflowHandle): Promise<number> {
  const { events = [] } = await handle.fetchHistory();
  const watch = events?.find(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === 'watchHold',
  );
  const verdict = events?.find(
    ({ activityTaskCompletedEventAttributes: completed }) =>
      completed?.scheduledEventId?.toString() === watch?.eventId?.toString(),
  );
  if (watch === undefined || verdict === undefined) throw new Error('no hold came to a verdict');
  return timestampMs(verdict.eventTime);
}
