import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { withinAttempt } from '../attempts/current-attempt.ts';

/** Whatever an activity asks of a platform ends with its cancellation and with its attempt. */
export const runAsAttempt: ActivityInterceptorsFactory = ({ info, cancellationSignal }) => ({
  inbound: {
    execute: (input, next) => {
      const { startToCloseTimeoutMs } = info;
      const limitMs = startToCloseTimeoutMs > 0 ? startToCloseTimeoutMs : Infinity;
      return withinAttempt({ cancelled: cancellationSignal, limitMs }, () => next(input));
    },
  },
});
