import type { temporal } from '@temporalio/proto';
import { quantilesOf } from '../measures/quantiles.ts';
import { timestampMs } from '../measures/timestamp-ms.ts';

export type History = Pick<temporal.api.history.v1.IHistory, 'events'>;

/** One attempt of an activity, in milliseconds since the epoch. */
export interface ActivityTimes {
  type: string;
  scheduledAtMs: number;
  startedAtMs: number;
  completedAtMs: number;
  attempts: number;
}

/** Every completed activity of a rollout, in order. */
function activitiesOf({ events }: History): ActivityTimes[] {
  const byId = new Map((events ?? []).map((event) => [String(event.eventId), event]));
  return (events ?? []).flatMap(
    ({ activityTaskCompletedEventAttributes: completed, eventTime }) => {
      if (!completed) return [];
      const scheduled = byId.get(String(completed.scheduledEventId));
      const started = byId.get(String(completed.startedEventId));
      return [
        {
          type: scheduled?.activityTaskScheduledEventAttributes?.activityType?.name ?? '',
          scheduledAtMs: timestampMs(scheduled?.eventTime),
          startedAtMs: timestampMs(started?.eventTime),
          completedAtMs: timestampMs(eventTime),
          attempts: started?.activityTaskStartedEventAttributes?.attempt ?? 1,
        },
      ];
    },
  );
}

/**
 * When stable ran the release on every replica and the canary was done; undefined: never. A promotion that is
 * an adoption ends with it.
 */
export function healthyAtMs(history: History): number | undefined {
  const ends = ['promoteCanary', 'awaitStableComplete'];
  return activitiesOf(history).findLast(({ type }) => ends.includes(type))?.completedAtMs;
}

/** The total time of one kind of act in a rollout: the median of the rollouts. */
export interface ActShare {
  act: string;
  /** Until a worker started it, including failed attempts. */
  waitedMs: number;
  workedMs: number;
  /** Attempts beyond the first, of all rollouts. */
  retries: number;
}

/** How the time of many rollouts was spent, in the order of the first rollout's acts. */
export function sharesOf(histories: readonly History[]): ActShare[] {
  const all = histories.map(activitiesOf);
  const acts = new Set(all.flatMap((activities) => activities.map(({ type }) => type)));
  return [...acts].map((act) => {
    const own = all.map((activities) => activities.filter(({ type }) => type === act));
    const median = (length: (times: ActivityTimes) => number) =>
      quantilesOf(own.map((times) => times.reduce((sum, one) => sum + length(one), 0))).p50;
    return {
      act,
      waitedMs: median(({ scheduledAtMs, startedAtMs }) => startedAtMs - scheduledAtMs),
      workedMs: median(({ startedAtMs, completedAtMs }) => completedAtMs - startedAtMs),
      retries: own.flat().reduce((sum, { attempts }) => sum + attempts - 1, 0),
    };
  });
}
