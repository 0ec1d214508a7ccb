import {
  ParentClosePolicy,
  startChild,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  requestOf,
  type ScheduledOutcome,
  type ScheduledStart,
} from '../../src/contracts/kernel/schedules.ts';
import {
  attributesOfStart,
  searchAttributeNames,
} from '../../src/contracts/kernel/search-attributes.ts';

/** Starts one run of a schedule, which goes on by itself; where a run is open, this start is skipped. */
export async function startScheduledRun(start: ScheduledStart): Promise<ScheduledOutcome> {
  const outcome = await startUnlessOpen(start);
  upsertSearchAttributes([keyword(searchAttributeNames.outcome, outcome.outcome)]);
  return outcome;
}

async function startUnlessOpen(start: ScheduledStart): Promise<ScheduledOutcome> {
  const { scheduleId, kind, workflowType, workflowId, subject, spec } = start;
  try {
    const run = await startChild(workflowType, {
      workflowId,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      parentClosePolicy: ParentClosePolicy.ABANDON,
      args: [spec, requestOf(scheduleId, workflowInfo().workflowId)],
      typedSearchAttributes: Object.entries(attributesOfStart(kind, subject)).map(([name, value]) =>
        keyword(name, value),
      ),
      staticSummary: `${kind} of ${subject.environment}/${subject.name}, by its schedule`,
    });
    return { outcome: 'started', workflowId, runId: run.firstExecutionRunId };
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { outcome: 'skipped', reason: `${workflowId} was running already` };
  }
}

function keyword(name: string, value: string) {
  return { key: defineSearchAttributeKey(name, 'KEYWORD'), value };
}
