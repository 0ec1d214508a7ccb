import { ApplicationFailure, rootCause, sleep } from '@temporalio/workflow';
import type {
  Alert,
  AlertJudgement,
  AlertResponse,
  ServiceSnapshot,
} from '../../../src/contracts/rollouts/alerts.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { judgeAlert } from '../../../src/policies/rollouts/alerts/judge-alert.ts';
import { alertActs } from './alert-acts.ts';

/** What was seen longer ago than this may have changed: nothing is done on the strength of it. */
const freshForMs = 10_000;
const waitMs = 1_000;
const longestWaitMs = 10 * 60_000;

export interface ClearJudgement {
  judgement: Exclude<AlertJudgement, { action: 'wait' }>;
  /** Absent where the alert names no service that is known. */
  named: Pick<AlertResponse, 'service' | 'environment'>;
}

/**
 * Looks at the service, and again for as long as it cannot be told what the alert may do. Throws
 * where that stays so: nothing was decided, and the alert's next notification starts over.
 */
export async function judgeOnceClear(alert: Alert): Promise<ClearJudgement> {
  const { lookAtService } = alertActs({
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: '5 min',
    retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
    summary: 'look at the service that the alert names',
  });
  const giveUpAtMs = Date.now() + longestWaitMs;
  for (;;) {
    const askedAtMs = Date.now();
    let sight: ServiceSnapshot;
    try {
      sight = await lookAtService(alert);
    } catch (error) {
      throw undecided(`the service could not be read: ${rootCause(error) ?? String(error)}`);
    }
    const { service, environment } = sight.service ?? {};
    const named = {
      ...(service !== undefined && { service }),
      ...(environment !== undefined && { environment }),
    };
    const judgement: AlertJudgement =
      Date.now() - askedAtMs > freshForMs
        ? { action: 'wait', reason: 'what was seen is out of date' }
        : judgeAlert(alert, { snapshot: sight, nowMs: Date.now() });
    if (judgement.action !== 'wait') return { named, judgement };
    if (Date.now() > giveUpAtMs) {
      throw undecided(`${judgement.reason}, and has been for ${longestWaitMs / 60_000} minutes`);
    }
    await sleep(waitMs, { summary: judgement.reason });
  }
}

function undecided(reason: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(
    `Nothing was done: ${reason}. If the alert still fires, its next notification starts this again.`,
    failureTypes.alertUndecided,
  );
}
