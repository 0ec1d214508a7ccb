import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withinAttempt } from '../attempts/current-attempt.ts';
import { serverClock } from './server-clock.ts';

/** The requests of an activity end with its cancellation and with its attempt, and it uses Temporal's clock. */
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
