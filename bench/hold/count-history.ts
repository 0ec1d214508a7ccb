import type { temporal } from '@temporalio/proto';
import { connectClient } from '../../src/adapters/temporal/connection.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { countActions, type ActionCount } from '../measures/count-actions.ts';
import { timestampMs } from '../measures/timestamp-ms.ts';
import { heartbeatsOf } from './ladder.ts';

export interface HistoryFigures {
  rollout: string;
  historyEvents: number;
  inHistory: ActionCount;
  holdsMs: number[];
  /** Computed from the holds, because heartbeats leave no event. */
  heartbeats: { blindTimeMs: number; expected: number }[];
}

/** Counts a rollout that ran elsewhere, on the Temporal server of the settings. */
export async function countHistory(
  rollout: string,
  blindTimesMs: readonly number[],
): Promise<HistoryFigures> {
  const client = await connectClient(loadConfig());
  try {
    const history = await client.workflow.getHandle(`rollout/${rollout}`).fetchHistory();
    const events = history.events ?? [];
    const holdsMs = readHolds(events);
    return {
      rollout,
      historyEvents: events.length,
      inHistory: countActions(history),
      holdsMs,
      heartbeats: blindTimesMs.map((blindTimeMs) => ({
        blindTimeMs,
        expected: heartbeatsOf(holdsMs, blindTimeMs),
      })),
    };
  } finally {
    await client.connection.close();
  }
}

/** How long each watch took, in milliseconds. */
function readHolds(events: temporal.api.history.v1.IHistoryEvent[]): number[] {
  const begun = new Map<string, number>();
  return events.flatMap((event) => {
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'watchHold') {
      begun.set(String(event.eventId), timestampMs(event.eventTime));
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const sinceMs = begun.get(String(completed?.scheduledEventId));
    return sinceMs === undefined ? [] : [timestampMs(event.eventTime) - sinceMs];
  });
}
