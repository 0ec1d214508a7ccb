import {
  ActivityCancellationType,
  ActivityFailure,
  proxyActivities,
  TimeoutFailure,
} from '@temporalio/workflow';

interface HoldActivities {
  hold(): Promise<void>;
}

const { hold } = proxyActivities<HoldActivities>({
  ...{ startToCloseTimeout: '1 minute', heartbeatTimeout: '2 s' },
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
});

/** Returns what the last heartbeat said of an activity that was timed out. */
export async function holdOnce(): Promise<unknown> {
  try {
    await hold();
    return 'ended';
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined;
    if (!(cause instanceof TimeoutFailure)) throw error;
    return { type: cause.timeoutType, last: cause.lastHeartbeatDetails };
  }
}
