import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  patched,
  startChild,
} from '@temporalio/workflow';
import type {
  Alert,
  AlertEnding,
  AlertJudgement,
  AlertResponse,
  ClosingRollout,
} from '../../../src/contracts/rollouts/alerts.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import type { DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import { reportOfResponse } from '../../../src/contracts/rollouts/alert-reports.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import { deploymentsOf } from '../../../src/policies/rollouts/deployments-of.ts';
import { writtenRollback } from '../../../src/specs/rollouts/written-spec.ts';
import { reasonOf } from '../../kernel/reason-of.ts';
import { writeLater } from '../../kernel/write-into-ledger.ts';
import { alertActs } from './alert-acts.ts';
import { hasFailedAs } from './await-person.ts';
import { showAlert } from './show-alert.ts';

type Named = Required<Pick<AlertResponse, 'service' | 'environment'>>;
type Abort = Extract<AlertJudgement, { action: 'abort' }>;
type Undo = Extract<AlertJudgement, { action: 'undo' }>;

/** The final response to an alert. If the ledger is away, it is written later. */
export async function conclude(response: AlertResponse): Promise<AlertResponse> {
  showAlert(response);
  try {
    await record(response);
    return response;
  } catch (error) {
    const whereItIs = await writeLater(reportOfResponse(response), error);
    return { ...response, reason: `${response.reason} (${whereItIs})` };
  }
}

const waitsForNoLedger = 'no-act-waits-for-the-ledger';

/** So that it can be seen before it has ended. If the ledger is away, it is recorded at its end. */
async function beginRecording(response: AlertResponse): Promise<void> {
  await record(response).catch(() => undefined);
}

/** The second attempt is for a worker that died in the first. */
function record(response: AlertResponse): Promise<void> {
  const { recordResponse } = alertActs({
    startToCloseTimeout: '5 s',
    retry: { initialInterval: '500 ms', maximumAttempts: 2 },
    summary: 'write the response into the ledger',
  });
  return recordResponse(response);
}

/** The response becomes `none` if the rollout refuses the abort. */
export async function abortOpenRollout(
  judged: AlertResponse,
  { open, reason }: Abort,
): Promise<AlertResponse> {
  const { alert, alertId } = judged;
  const named = nameOf(judged);
  const workflowId = rolloutWorkflowId(named);
  const { rolloutId, runId, version } = open;
  const { by, why } = sender(alert, reason);
  const { abortRollout } = alertActs({
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: '10 min',
    retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
    summary: 'abort the open rollout',
  });
  const answer = await abortRollout({ workflowId, runId, updateId: alertId, by, why });
  if (!answer.accepted) return { ...judged, action: 'none', reason: answer.reason };
  const response = { ...judged, rolloutId, version };
  showAlert(response);
  const closing = { ...named, workflowId, runId, rolloutId };
  const recorded = beginRecording(response);
  if (!patched(waitsForNoLedger)) await recorded;
  const ending = await endingOf(closing, 'the aborted rollout');
  await recorded;
  return { ...response, ending };
}

async function endingOf(closing: ClosingRollout, what: string): Promise<AlertEnding> {
  const { readEnding } = alertActs({
    startToCloseTimeout: '10 s',
    scheduleToCloseTimeout: '1 hour',
    retry: { initialInterval: '500 ms', maximumInterval: '30 s' },
    summary: `wait for the end of ${what}`,
  });
  try {
    return await readEnding(closing);
  } catch (error) {
    return unknownEnding(error);
  }
}

/**
 * Brings the release before the promotion back, under the service's own workflow ID: it gives way to a
 * rollout in progress, and to another alert that undoes the same promotion. If that one was faster, the
 * rollback is refused, since the release that it takes back does not serve any more.
 */
export async function undoPromotion(
  judged: AlertResponse,
  { promotion, target, toRevision, reason }: Undo,
): Promise<AlertResponse> {
  const { alert, alertId } = judged;
  const named = nameOf(judged);
  const { rolloutId, version } = promotion;
  const response: AlertResponse = { ...judged, rolloutId, version };
  showAlert(response);
  const recorded = beginRecording(response);
  if (!patched(waitsForNoLedger)) await recorded;
  const spec = writtenRollback({ ...named, target, toRevision });
  const request: DeployRequest = {
    requestId: alertId,
    kind: 'rollback',
    ...sender(alert, reason),
    takesBack: version,
  };
  try {
    const rollback = await startChild(workflowTypes.rollback, {
      workflowId: rolloutWorkflowId(named),
      args: [spec, request],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      cancellationType: ChildWorkflowCancellationType.ABANDON,
      typedSearchAttributes: [
        { key: keyword(searchAttributeNames.kind), value: 'rollback' },
        { key: keyword(searchAttributeNames.service), value: named.service },
        { key: keyword(searchAttributeNames.environment), value: named.environment },
        { key: keyword(searchAttributeNames.phase), value: 'starting' },
        { key: deploymentsKey, value: deploymentsOf({ ...named, target }) },
      ],
      staticSummary: `Rollback of ${named.service} in ${named.environment}, for the alert ${alert.name}`,
    });
    const report = (await rollback.result()) as RolloutReport;
    const { workflowId, firstExecutionRunId: runId } = rollback;
    const ending = await endingOfRollback(report, { ...named, workflowId, runId });
    await recorded;
    return await conclude({ ...response, ending });
  } catch (error) {
    await recorded;
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return conclude({
        ...judged,
        action: 'none',
        reason: 'someone else has just started a rollout of it',
      });
    }
    if (hasFailedAs(error, failureTypes.nothingToUndo)) {
      return conclude({ ...judged, action: 'none', reason: reasonOf(error) });
    }
    const failed = reasonOf(error);
    const ending = { outcome: 'Failed' as const, reason: failed, endedAtMs: Date.now() };
    return conclude({ ...response, ending });
  }
}

function nameOf({ service = '', environment = '' }: AlertResponse): Named {
  return { service, environment };
}

function sender({ name, summary }: Alert, reason: string): { by: string; why: string } {
  return { by: `alert ${name}`, why: summary === undefined ? reason : `${summary} (${reason})` };
}

/** The result of a run that another followed is that of the last: its own end is in its report. */
async function endingOfRollback(
  { runId, runRef: rolloutId, details, outcome, reason, endedAtMs }: RolloutReport,
  rollback: ClosingRollout,
): Promise<AlertEnding> {
  if (runId === rollback.runId) return { rolloutId, outcome, reason, endedAtMs };
  if (patched('endings-of-superseded-rollbacks')) return endingOf(rollback, 'the rollback');
  return {
    outcome: 'Unknown',
    reason: `${details.version} (run ${rolloutId}) followed the rollback; how that one ended is in the ledger`,
    endedAtMs,
  };
}

function unknownEnding(error: unknown): AlertEnding {
  const reason = `its end could not be read: ${reasonOf(error)}`;
  return { outcome: 'Unknown', reason, endedAtMs: Date.now() };
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');

function keyword(name: string) {
  return defineSearchAttributeKey(name, 'KEYWORD');
}
