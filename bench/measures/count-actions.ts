import type { temporal } from '@temporalio/proto';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The Actions of a history. Heartbeats and queries leave no event, so they are not included. */
export interface ActionCount {
  starts: number;
  /** Scheduled activities. */
  activities: number;
  /** Further attempts of activities. */
  retries: number;
  /** Workflow tasks that ran local activities: all that one task ran count as one Action. */
  localActivities: number;
  timers: number;
  signals: number;
  updates: number;
  searchAttributes: number;
  total: number;
}

/**
 * Temporal Actions of one run, by the events of its history, as the server's own `action` metric
 * counts them. An activity's attempts are known once it ended. See
 * https://docs.temporal.io/cloud/actions.
 */
export function countActions(history: { events?: HistoryEvent[] | null }): ActionCount {
  const events = history.events ?? [];
  const having = (attributes: keyof HistoryEvent) =>
    events.filter((event) => Boolean(event[attributes])).length;
  const counted = {
    starts: having('workflowExecutionStartedEventAttributes'),
    activities: having('activityTaskScheduledEventAttributes'),
    retries: events.reduce((sum, event) => sum + retriesKnownFrom(event), 0),
    localActivities: new Set(events.flatMap(taskThatMarked)).size,
    timers: having('timerStartedEventAttributes'),
    signals: having('workflowExecutionSignaledEventAttributes'),
    updates: having('workflowExecutionUpdateAcceptedEventAttributes'),
    searchAttributes: having('upsertWorkflowSearchAttributesEventAttributes'),
  };
  return { ...counted, total: Object.values(counted).reduce((sum, count) => sum + count, 0) };
}

function retriesKnownFrom({ activityTaskStartedEventAttributes: started }: HistoryEvent): number {
  return Math.max(0, (started?.attempt ?? 1) - 1);
}

function taskThatMarked({ markerRecordedEventAttributes: marker }: HistoryEvent): string[] {
  return marker ? [String(marker.workflowTaskCompletedEventId)] : [];
}
