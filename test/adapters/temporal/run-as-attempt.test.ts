import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import {
  attemptNowMs,
  currentAttempt,
  timeLeftMs,
} from '../../../src/adapters/attempts/current-attempt.ts';
import { pauseWithinAttempt } from '../../../src/adapters/attempts/wait-within-attempt.ts';
import { runAsAttempt } from '../../../src/adapters/temporal/run-as-attempt.ts';

function activity(info = {}) {
  return new MockActivityEnvironment(info, { interceptors: [runAsAttempt] });
}

test('an activity knows how long its attempt has left, and what runs beside it does not', async () => {
  const leftMs = await activity({ startToCloseTimeoutMs: 10_000 }).run(async () => timeLeftMs());
  expect(leftMs).toBeGreaterThan(8_000);
  expect(leftMs).toBeLessThanOrEqual(9_500);
  expect(currentAttempt()).toBeUndefined();
});

test('an activity has the clock of the server that scheduled it', async () => {
  const currentAttemptScheduledTimestampMs = Date.now() - 3_600_000;
  const nowMs = await activity({ currentAttemptScheduledTimestampMs }).run(async () => {
    await pauseWithinAttempt(20);
    return attemptNowMs();
  });
  const sinceMs = Number(nowMs) - currentAttemptScheduledTimestampMs;
  expect(sinceMs).toBeGreaterThan(10);
  expect(sinceMs).toBeLessThan(10_000);
  expect(Math.abs(attemptNowMs() - Date.now())).toBeLessThan(1_000);
});

test('a cancelled activity waits for nothing any more', async () => {
  const cancelled = activity({ startToCloseTimeoutMs: 10_000 });
  const waiting = cancelled.run(() => pauseWithinAttempt(60_000));
  cancelled.cancel('CANCELLED');
  await expect(waiting).rejects.toMatchObject({ name: 'CancelledFailure' });
});
