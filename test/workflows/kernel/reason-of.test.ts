import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../../workflows/kernel/reason-of.ts';

const converter = new DefaultFailureConverter();
const received = (failure: Parameters<typeof converter.failureToError>[0]) =>
  converter.failureToError(failure, defaultPayloadConverter);

const said = {
  message: 'router is away',
  source: 'TypeScriptSDK',
  applicationFailureInfo: { type: 'TargetUnavailable' },
};
const givenUp = (cause: object) => ({
  message: 'activity error',
  activityFailureInfo: { activityType: { name: 'restoreStable' } },
  cause: {
    message: 'Not enough time to schedule next retry before activity ScheduleToClose timeout',
    timeoutFailureInfo: { timeoutType: 2 },
    cause,
  },
});

describe('the reason of a failure', () => {
  it('is what the last attempt said, also where Temporal had no time for another one', () => {
    expect(reasonOf(received(givenUp(said)))).toBe('router is away');
  });

  it('is what failed first', () => {
    expect(reasonOf(received(givenUp({ ...said, message: 'setWeight', cause: said })))).toBe(
      'router is away',
    );
  });

  it('is the timeout where no attempt said anything, or where only a codec can read it', () => {
    const timeout =
      'Not enough time to schedule next retry before activity ScheduleToClose timeout';
    expect(reasonOf(received(givenUp({ ...said, encodedAttributes: {} })))).toBe(timeout);
    expect(reasonOf(received({ ...givenUp(said).cause, cause: null }))).toBe(timeout);
  });

  it('is its message where nothing was behind it', () => {
    expect(reasonOf(new Error('no'))).toBe('no');
  });
});
