import {
  ActivityFailure,
  ApplicationFailure,
  ChildWorkflowFailure,
  RetryState,
  TerminatedFailure,
  TimeoutFailure,
} from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { failureTypes } from '../../../../src/contracts/kernel/failures.ts';
import { actFailureIn } from '../../../../workflows/recovery/support/playbooks/step-failure.ts';

const ofType = (type: string) => ApplicationFailure.nonRetryable('why', type);
const inActivity = (cause: Error) =>
  new ActivityFailure('failed', 'act', '1', RetryState.TIMEOUT, undefined, cause);
const ofChild = (cause: Error) =>
  new ChildWorkflowFailure(undefined, { workflowId: 'a' }, 'failover', RetryState.TIMEOUT, cause);

describe('an act that failed', () => {
  it.each([
    ['may have been carried out where its agent lost it', ofType(failureTypes.agentActLost)],
    ['may have been carried out where its agent is away', ofType(failureTypes.agentAbsent)],
    ['may have been carried out after its last attempt', ofType(failureTypes.agentUnavailable)],
    [
      'may have been carried out where no answer came in time',
      new TimeoutFailure('late', undefined, 'START_TO_CLOSE'),
    ],
  ])('%s', (_, cause) => {
    for (const error of [cause, inActivity(cause)]) {
      expect(actFailureIn(error)).toMatchObject({
        is: 'unanswered',
        message: expect.stringContaining('Nobody knows whether it was carried out') as string,
      });
    }
  });

  it('may have been carried out where somebody terminated its run', () => {
    expect(actFailureIn(ofChild(new TerminatedFailure('by hand'))).is).toBe('unanswered');
  });

  it.each([
    ['its agent refused it', inActivity(ofType(failureTypes.agentRefused))],
    ['a program said so', ofType(failureTypes.targetUnavailable)],
    ['its run was refused, whatever for', ofChild(ofType(failureTypes.agentAbsent))],
  ])('was not carried out where %s', (_, error) => {
    expect(actFailureIn(error)).toMatchObject({ is: 'answered', message: 'why' });
  });
});
