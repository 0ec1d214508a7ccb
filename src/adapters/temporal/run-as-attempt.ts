import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withinAttempt } from '../attempts/current-attempt.ts';
import { serverClock } from './server-clock.ts';

/** Whatever an activity asks of a platform ends with its cancellation and with its attempt, and has Temporal's clock. */
export const runAsAttempt: ActivityInterceptorsFactory = (context) => ({
  inbound: {
    execute: (input, next) => {
      const { cancellationSignal: cancelled, info } = context;
      const { startToCloseTimeoutMs } = info;
      const limitMs = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : Infinity;
      return withinAttempt({ cancelled, limitMs, nowMs: serverClock(context) }, () => next(input));
    },
  },
});
