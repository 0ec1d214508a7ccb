import { ApplicationFailure, sleep } from '@temporalio/workflow';
import type {
  Alert,
  AlertJudgement,
  AlertResponse,
  ServiceSnapshot,
} from '../../../src/contracts/rollouts/alerts.ts';
import { failureTypes } from '../../../src/contracts/kernel/failures.ts';
import { judgeAlert } from '../../../src/policies/rollouts/alerts/judge-alert.ts';
import { alertActs } from './alert-acts.ts';
import { reasonOf } from '../../kernel/reason-of.ts';

/** State that was read longer ago than this may have changed, and is not acted on. */
const freshForMs = 10_000;
const waitMs = 1_000;
const longestWaitMs = 10 * 60_000;

export interface ClearJudgement {
  judgement: Exclude<AlertJudgement, { action: 'wait' }>;
  /** Absent where the alert names no service that is known. */
  named: Pick<AlertResponse, 'service' | 'environment'>;
}

/**
 * Reads the service, repeatedly if the state does not yet show what the alert may do. Throws if
 * that does not change: nothing was decided, and the alert's next notification starts over.
 */
export async function judgeOnceClear(alert: Alert): Promise<ClearJudgement> {
  const { lookAtService } = alertActs({
    startToCloseTimeout: '30 s',
    scheduleToCloseTimeout: '5 min',
    retry: { initialInterval: '500 ms', maximumInterval: '10 s' },
    summary: 'read the state of the service',
  });
  const giveUpAtMs = Date.now() + longestWaitMs;
  for (;;) {
    const askedAtMs = Date.now();
    let sight: ServiceSnapshot;
    try {
      sight = await lookAtService(alert);
    } catch (error) {
      throw undecided(`the service could not be read: ${reasonOf(error)}`);
    }
    const { service, environment } = sight.service ?? {};
    const named = {
      ...(service !== undefined && { service }),
      ...(environment !== undefined && { environment }),
    };
    const judgement: AlertJudgement =
      Date.now() - askedAtMs > freshForMs
        ? { action: 'wait', reason: 'the state that was read is out of date' }
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
