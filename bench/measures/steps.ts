import type { temporal } from '@temporalio/proto';
import { timestampMs } from './timestamp-ms.ts';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** One stage of a canary, by the server's clock: milliseconds since the epoch. */
export interface Step {
  /** The platform has confirmed the stage's weight. */
  routedAtMs: number;
  /** The hold is open: its watch has been scheduled. */
  heldAtMs: number;
}

/** Finds the stages of a canary in its events, which arrive one by one. */
export class StepReader {
  private readonly weightActs = new Set<string>();
  private routedAtMs = 0;

  /** The step that this event completes. */
  read(event: HistoryEvent): Step | undefined {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'setWeight') this.weightActs.add(String(event.eventId));
    const completed = event.activityTaskCompletedEventAttributes;
    if (completed && this.weightActs.has(String(completed.scheduledEventId))) {
      this.routedAtMs = timestampMs(event.eventTime);
    }
    if (scheduled?.activityType?.name !== 'watchHold') return undefined;
    return { routedAtMs: this.routedAtMs, heldAtMs: timestampMs(event.eventTime) };
  }
}
