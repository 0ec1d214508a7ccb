import {
  CancelledFailure,
  ChildWorkflowFailure,
  RetryState,
  TerminatedFailure,
  TimeoutFailure,
  TimeoutType,
  WorkflowExecutionAlreadyStartedError,
  type TemporalFailure,
} from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { endWithoutReport } from '../../../workflows/kernel/child-run.ts';

const execution = { workflowId: 'chaos/demo/first', runId: 'one' };
const endedBy = (cause: TemporalFailure) =>
  new ChildWorkflowFailure(
    'default',
    execution,
    'chaosExperiment',
    RetryState.NON_RETRYABLE_FAILURE,
    cause,
  );

describe('a child that has no report', () => {
  it('was refused where a run under its lock is open', () => {
    const open = new WorkflowExecutionAlreadyStartedError(
      'Workflow execution already started',
      execution.workflowId,
      'chaosExperiment',
    );
    expect(endWithoutReport(open)).toEqual({
      ...{ outcome: 'Refused', reason: 'a run of it is open already' },
    });
  });

  it('is lost where nobody saw it end: it may have left something', () => {
    for (const cause of [
      new TerminatedFailure('by hand'),
      new TimeoutFailure('too late', undefined, TimeoutType.START_TO_CLOSE),
      new CancelledFailure('cancelled'),
    ]) {
      expect(endWithoutReport(endedBy(cause))).toEqual({ outcome: 'Lost', reason: cause.message });
    }
  });
});
