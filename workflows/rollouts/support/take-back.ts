import {
  defineSearchAttributeKey,
  WorkflowExecutionAlreadyStartedError,
  type Duration,
} from '@temporalio/common';
import {
  ChildWorkflowCancellationType,
  ParentClosePolicy,
  patched,
  rootCause,
  startChild,
} from '@temporalio/workflow';
import type {
  Alert,
  AlertEnding,
  AlertJudgement,
  AlertResponse,
  ClosingRollout,
} from '../../../src/contracts/rollouts/alerts.ts';
import type { DeployRequest } from '../../../src/contracts/kernel/messages.ts';
import { rolloutWorkflowId } from '../../../src/kinds/locks.ts';
import { workflowTypes } from '../../../src/kinds/workflow-types.ts';
import type { RolloutReport } from '../../../src/contracts/rollouts/report.ts';
import { searchAttributeNames } from '../../../src/contracts/kernel/search-attributes.ts';
import { deploymentsOf } from '../../../src/policies/rollouts/deployments-of.ts';
import { writtenRollback } from '../../../src/specs/rollouts/written-spec.ts';
import { alertActs } from './alert-acts.ts';
import { showAlert } from './show-alert.ts';

type Named = Required<Pick<AlertResponse, 'service' | 'environment'>>;
type Abort = Extract<AlertJudgement, { action: 'abort' }>;
type Undo = Extract<AlertJudgement, { action: 'undo' }>;

/**
 * The final response to an alert. Retries an unavailable ledger for a day; after that the response
 * is only the workflow's result.
 */
export async function conclude(response: AlertResponse): Promise<AlertResponse> {
  showAlert(response);
  try {
    await record(response, '1 day');
    return response;
  } catch (error) {
    const missing = `(not in the ledger: ${rootCause(error) ?? String(error)})`;
    return { ...response, reason: `${response.reason} ${missing}` };
  }
}

/** Repeats for `within`, then throws. */
function record(response: AlertResponse, within: Duration): Promise<void> {
  const { recordResponse } = alertActs({
    startToCloseTimeout: '10 s',
    scheduleToCloseTimeout: within,
    retry: { maximumInterval: '1 min' },
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
  // If the ledger is unavailable now, the response is recorded together with its ending.
  await record(response, '30 s').catch(() => undefined);
  const closing = { ...named, workflowId, runId, rolloutId };
  return { ...response, ending: await endingOf(closing, 'the aborted rollout') };
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
 * Brings the release before the promotion back, under the service's own workflow ID, so that it
 * gives way to a rollout in progress. Recorded first: no second alert undoes the same promotion.
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
  await record(response, '10 min');
  const spec = writtenRollback({ ...named, target, toRevision });
  const request: DeployRequest = {
    requestId: alertId,
    kind: 'rollback',
    ...sender(alert, reason),
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
    return await conclude({ ...response, ending });
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return conclude({
        ...judged,
        action: 'none',
        reason: 'someone else has just started a rollout of it',
      });
    }
    const failed = rootCause(error) ?? String(error);
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
  const reason = `its end could not be read: ${rootCause(error) ?? String(error)}`;
  return { outcome: 'Unknown', reason, endedAtMs: Date.now() };
}

const deploymentsKey = defineSearchAttributeKey(searchAttributeNames.deployments, 'KEYWORD_LIST');

function keyword(name: string) {
  return defineSearchAttributeKey(name, 'KEYWORD');
}
