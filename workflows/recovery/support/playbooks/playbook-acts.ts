import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { PlaybookActivities } from '../../../../src/contracts/recovery/playbooks/activities.ts';
import type { RunSettings } from '../../../../src/contracts/kernel/settings.ts';
import { askAgainWhereMissed } from './ask-again.ts';

/** A probe is asked again by its step, so one that does not answer is not waited for. */
const longestAskMs = 30_000;
/** A worker that asks, and is not heard of for so long, has died. */
const missedAfter = '10 s';

/**
 * What workers do for playbooks. An act that was begun has ended before its undo begins: it is waited
 * for, at most for its own time.
 */
export function createPlaybookActs(settings: RunSettings, about: string, timeoutMs?: number) {
  const { actTimeoutMs, actBudgetMs, undoBudgetMs, retryIntervalMs } = settings;
  const retry = { initialInterval: retryIntervalMs, maximumInterval: 10 * retryIntervalMs };
  const startToCloseTimeout = timeoutMs ?? actTimeoutMs;
  const whole = { cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED, retry };
  const acts = proxyActivities<Pick<PlaybookActivities, 'performPart' | 'checkPart'>>({
    ...{ ...whole, startToCloseTimeout, summary: about },
    scheduleToCloseTimeout: Math.max(actBudgetMs, startToCloseTimeout),
  });
  const asks = proxyActivities<Pick<PlaybookActivities, 'askPart'>>({
    ...{ startToCloseTimeout: timeoutMs ?? longestAskMs, summary: about },
    ...{ heartbeatTimeout: missedAfter, retry: { maximumAttempts: 1 } },
  });
  const undos = proxyActivities<Pick<PlaybookActivities, 'undoPart' | 'abortChild'>>({
    ...{ ...whole, startToCloseTimeout: actTimeoutMs, summary: about },
    scheduleToCloseTimeout: undoBudgetMs,
  });
  // A proxy has no keys of its own that could be spread.
  return {
    checkPart: acts.checkPart,
    performPart: acts.performPart,
    askPart: askAgainWhereMissed(asks.askPart),
    undoPart: undos.undoPart,
    abortChild: undos.abortChild,
  };
}
