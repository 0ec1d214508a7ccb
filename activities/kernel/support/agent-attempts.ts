import { CancelledFailure, Context } from '@temporalio/activity';
import type { Attempt } from '../../../src/contracts/kernel/agent-host.ts';
import { heartbeatEveryMs } from './heartbeating.ts';

/** Heartbeats with the progress of the act, and tells it when to stop and when to let it be. */
export async function withAttempt<T>(act: (attempt: Attempt) => Promise<T>): Promise<T> {
  const context = Context.current();
  const cancelled = new AbortController();
  const leaving = new AbortController();
  const onAbort = () => {
    const isUnwanted = context.cancellationDetails?.cancelRequested === true;
    (isUnwanted ? cancelled : leaving).abort();
  };
  context.cancellationSignal.addEventListener('abort', onAbort, { once: true });
  let lastMs = performance.now();
  try {
    return await act({
      ...{ cancelled: cancelled.signal, leaving: leaving.signal },
      onProgress(progress) {
        if (performance.now() - lastMs < heartbeatEveryMs(context)) return;
        lastMs = performance.now();
        context.heartbeat(progress);
      },
    });
  } finally {
    context.cancellationSignal.removeEventListener('abort', onAbort);
  }
}

/** Whatever a cancelled act ends with, what it started is ended: that is what the run hears. */
export async function untilCancelled<Call, T>(
  call: Call,
  attempt: Attempt,
  work: (call: Call, attempt: Attempt) => Promise<T>,
): Promise<T> {
  try {
    return await work(call, attempt);
  } catch (error) {
    if (!attempt.cancelled.aborted) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new CancelledFailure(`was cancelled, and everything it started is ended: ${why}`);
  }
}
