import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { describe, expect, it } from 'vitest';
import { mapPlatformErrors } from '../../../../activities/rollouts/support/map-platform-errors.ts';
import type { PlatformErrorCode } from '../../../../src/contracts/rollouts/platform.ts';
import { PlatformError } from '../../../../src/contracts/rollouts/platform.ts';

type Info = ConstructorParameters<typeof MockActivityEnvironment>[0];

async function failureOf(error: Error, info?: Info): Promise<unknown> {
  const environment = new MockActivityEnvironment(info);
  const act = () => mapPlatformErrors(() => Promise.reject(error));
  return environment.run(act).catch((thrown: unknown) => thrown);
}

const refused = (code: PlatformErrorCode) => new PlatformError(code, 'the platform said so');

describe('an act on a platform', () => {
  it('gives back what the platform answered', async () => {
    const answer = await new MockActivityEnvironment().run(() =>
      mapPlatformErrors(() => Promise.resolve(20)),
    );
    expect(answer).toBe(20);
  });

  it.each([
    ['stale-fence', 'StaleFence', true],
    ['conflict', 'TargetRefused', true],
    ['not-found', 'TargetRefused', true],
    ['invalid', 'TargetRefused', true],
    ['unauthorized', 'TargetRefused', true],
    ['unavailable', 'TargetUnavailable', false],
  ] as const)('that ends as %s is a %s (final: %s)', async (code, type, nonRetryable) => {
    const failure = await failureOf(refused(code));
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({ type, nonRetryable, message: 'the platform said so' });
  });

  it('leaves errors that are not the platform’s as they are', async () => {
    const bug = new TypeError('x is not a function');
    expect(await failureOf(bug)).toBe(bug);
  });

  const nowMs = 1_700_000_000_000;
  const budget = {
    attempt: 3,
    currentAttemptScheduledTimestampMs: nowMs,
    scheduleToCloseTimeoutMs: 60_000,
    retryPolicy: { initialInterval: 1_000, maximumInterval: 10_000 },
  };

  it('is tried again while its budget has room', async () => {
    const failure = await failureOf(refused('unavailable'), {
      ...budget,
      scheduledTimestampMs: nowMs - 10_000,
    });
    expect(failure).toMatchObject({ nonRetryable: false, message: 'the platform said so' });
  });

  it('says on its last attempt itself what was wrong, before time merely runs out', async () => {
    const failure = await failureOf(refused('unavailable'), {
      ...budget,
      scheduledTimestampMs: nowMs - 58_500,
    });
    expect(failure).toMatchObject({
      type: 'TargetUnavailable',
      nonRetryable: true,
      message: 'the platform said so, 3 attempts in 1m',
    });
  });

  it('without a budget is tried for ever', async () => {
    const failure = await failureOf(refused('unavailable'), {
      ...budget,
      scheduleToCloseTimeoutMs: 0,
      scheduledTimestampMs: 0,
    });
    expect(failure).toMatchObject({ nonRetryable: false });
  });
});
