import { expect, it } from 'vitest';
import { countActions } from '../../bench/measures/count-actions.ts';

it('counts what Temporal charges for, and not what it does not', () => {
  const counted = countActions({
    events: [
      { workflowExecutionStartedEventAttributes: {} },
      { workflowExecutionUpdateAcceptedEventAttributes: {} },
      { workflowTaskScheduledEventAttributes: {} },
      { workflowTaskCompletedEventAttributes: {} },
      { upsertWorkflowSearchAttributesEventAttributes: {} },
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 1 } },
      { activityTaskCompletedEventAttributes: {} },
      { timerStartedEventAttributes: {} },
      { timerFiredEventAttributes: {} },
      { workflowExecutionSignaledEventAttributes: {} },
      { workflowExecutionUpdateCompletedEventAttributes: {} },
      { workflowExecutionCompletedEventAttributes: {} },
    ],
  });
  expect(counted).toEqual({
    starts: 1,
    activities: 1,
    retries: 0,
    localActivities: 0,
    timers: 1,
    signals: 1,
    updates: 1,
    searchAttributes: 1,
    total: 6,
  });
});

it('counts every attempt of an activity', () => {
  const { activities, retries, total } = countActions({
    events: [
      { activityTaskScheduledEventAttributes: {} },
      { activityTaskStartedEventAttributes: { attempt: 3 } },
    ],
  });
  expect({ activities, retries, total }).toEqual({ activities: 1, retries: 2, total: 3 });
});

it('counts the local activities of one workflow task as one', () => {
  const marker = (task: number) => ({
    markerRecordedEventAttributes: { workflowTaskCompletedEventId: task as never },
  });
  const { localActivities } = countActions({ events: [marker(4), marker(4), marker(9)] });
  expect(localActivities).toBe(2);
});
