import {
  ActivityCancelledError,
  ActivityNotFoundError,
  ActivityPausedError,
  ActivityResetError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../contracts/kernel/failures.ts';
import type { LeasedActivity, LeaseWire } from '../../contracts/recovery/lease-wire.ts';

type HistoryEvent = NonNullable<HistoryPage['history']>['events'] extends
  (infer Event)[] | null | undefined
  ? Event
  : never;
type HistoryPage = Awaited<
  ReturnType<Client['workflowService']['getWorkflowExecutionHistoryReverse']>
>;

const pageSize = 250;
/** `TIMEOUT_TYPE_HEARTBEAT` of Temporal's API. */
const heartbeatTimeout = 4;

/** Every heartbeat is a call of its own: those of the SDK are held back, and nobody knows when they are sent. */
export function createLeaseWire(client: Client, activity: LeasedActivity): LeaseWire {
  const token = Buffer.from(activity.token, 'base64');
  const within = <T>(ms: number, call: () => Promise<T>): Promise<T> =>
    client.connection.withDeadline(Date.now() + ms, call);
  return {
    activity,
    beat: async (heartbeat, withinMs) => {
      try {
        await within(withinMs, () => client.activity.heartbeat(token, heartbeat));
        return 'accepted';
      } catch (error) {
        if (error instanceof ActivityNotFoundError) return 'gone';
        if (error instanceof ActivityCancelledError) return 'cancelled';
        const isAccepted =
          error instanceof ActivityPausedError || error instanceof ActivityResetError;
        if (isAccepted) return 'accepted';
        throw error;
      }
    },
    howEnded: (withinMs) => within(withinMs, () => findEnd(client, activity)),
    fail: async (message, withinMs) => {
      const failure = ApplicationFailure.create({ message, type: failureTypes.agentUnavailable });
      await within(withinMs, () => client.activity.fail(token, failure)).catch((error: unknown) => {
        if (!(error instanceof ActivityNotFoundError)) throw error;
      });
    },
  };
}

/** By the history of its run, from the end back to where the activity was scheduled. */
async function findEnd(
  client: Client,
  { workflowId, runId, activityId }: LeasedActivity,
): Promise<'open' | 'timed-out' | 'ended'> {
  const { namespace } = client.options;
  const ends = new Map<string, 'timed-out' | 'ended'>();
  let isClosed: boolean | undefined;
  let nextPageToken: Uint8Array | undefined;
  do {
    const page: HistoryPage = await client.workflowService.getWorkflowExecutionHistoryReverse({
      ...{ namespace, execution: { workflowId, runId }, maximumPageSize: pageSize },
      ...(nextPageToken && { nextPageToken }),
    });
    for (const event of page.history?.events ?? []) {
      isClosed ??= closes(event);
      const end = endIn(event);
      if (end) ends.set(end.of, end.how);
      if (event.activityTaskScheduledEventAttributes?.activityId !== activityId) continue;
      return ends.get(String(event.eventId)) ?? (isClosed ? 'ended' : 'open');
    }
    nextPageToken = page.nextPageToken.length > 0 ? page.nextPageToken : undefined;
  } while (nextPageToken);
  throw new Error(`the history of ${workflowId} has no activity ${activityId}`);
}

function endIn(event: HistoryEvent): { of: string; how: 'timed-out' | 'ended' } | undefined {
  const timedOut = event.activityTaskTimedOutEventAttributes;
  if (timedOut) {
    const type = timedOut.failure?.timeoutFailureInfo?.timeoutType;
    const how = Number(type) === heartbeatTimeout ? 'timed-out' : 'ended';
    return { of: String(timedOut.scheduledEventId), how };
  }
  const other =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  return other ? { of: String(other.scheduledEventId), how: 'ended' } : undefined;
}

/** The last event of a run that is over. */
function closes(event: HistoryEvent): boolean {
  const closing =
    event.workflowExecutionCompletedEventAttributes ??
    event.workflowExecutionFailedEventAttributes ??
    event.workflowExecutionTimedOutEventAttributes ??
    event.workflowExecutionCanceledEventAttributes ??
    event.workflowExecutionTerminatedEventAttributes ??
    event.workflowExecutionContinuedAsNewEventAttributes ??
    undefined;
  return closing !== undefined;
}
