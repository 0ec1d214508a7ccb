import { ApplicationFailure, workflowInfo } from '@temporalio/workflow';
import type { AlertResponse } from '../../src/contracts/rollouts/alerts.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { readAlert } from '../../src/policies/rollouts/alerts/read-alert.ts';
import { judgeOnceClear } from './support/judge-once-clear.ts';
import { showAlert } from './support/show-alert.ts';
import { abortOpenRollout, conclude, undoPromotion } from './support/take-back.ts';

/**
 * Decides what one alert may do, does it, and follows it to its end: abort the open rollout, undo
 * the last promotion, or nothing. The response is the result, and goes into the ledger.
 */
export async function respondToAlert(given: unknown): Promise<AlertResponse> {
  const alert = readAlert(given);
  if (alert === undefined) {
    throw ApplicationFailure.nonRetryable(
      'The input is not an alert. Alerts are sent to the webhook of `belay gateway`.',
      failureTypes.invalidSpec,
    );
  }
  const { workflowId: alertId } = workflowInfo();
  showAlert({ alertId, alert, decidedAtMs: Date.now(), action: 'none', reason: 'being judged' });

  for (let tries = 1; ; tries++) {
    const { named, judgement } = await judgeOnceClear(alert);
    const { action, reason } = judgement;
    const response: AlertResponse = {
      ...{ alertId, alert, decidedAtMs: Date.now(), action, reason, ...named },
    };
    switch (judgement.action) {
      case 'none':
        return conclude(response);
      case 'undo':
        return undoPromotion(response, judgement);
      case 'abort': {
        const aborted = await abortOpenRollout(response, judgement);
        if (aborted.action === 'abort' || tries === mostTries) return conclude(aborted);
      }
    }
  }
}

/** A rollout that refuses to be aborted has just changed its phase, and is judged again. */
const mostTries = 5;
