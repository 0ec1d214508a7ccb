import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setWorkflowOptions,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ChangeControlInput,
  ChangeControlState,
} from '../../src/contracts/kernel/change-control.ts';
import { failureTypes } from '../../src/contracts/kernel/failures.ts';
import { environmentOfChangeControl } from '../../src/kinds/locks.ts';
import { renewCalendarsInTime } from './change-control/calendars.ts';
import { newestCode } from './newest-code.ts';
import { Desk } from './change-control/desk.ts';
import { dropDeadHoldersInTime, dropFreezesInTime } from './change-control/keep-current.ts';
import { registerChangeControl } from './change-control/register.ts';

/** A worker that does not have it in its memory must read all of it before it can answer. */
const longestHistory = 2_000;

// It never ends.
setWorkflowOptions(newestCode, changeControl);

/**
 * Permits, freezes and the safety lever of one environment. Runs ask it before their first act;
 * it never acts itself, except that it aborts.
 */
export async function changeControl(input?: ChangeControlInput): Promise<never> {
  const { state = newState(), longestHistory: most = longestHistory } = input ?? {};
  const desk = new Desk(state);
  registerChangeControl(desk);
  const isLong = () => {
    const { continueAsNewSuggested, historyLength } = workflowInfo();
    return continueAsNewSuggested || historyLength > most;
  };
  try {
    await Promise.race([
      condition(isLong),
      dropDeadHoldersInTime(desk),
      dropFreezesInTime(desk),
      renewCalendarsInTime(desk),
    ]);
  } catch (error) {
    if (!isCancellation(error)) throw error;
    // Nobody should thaw everything by mistake.
    desk.record('A cancellation was ignored: freezes are thawed by belay thaw');
  }
  await CancellationScope.nonCancellable(() => untilQuiet(desk));
  return continueAsNew<typeof changeControl>({ ...input, state: desk.state });
}

function newState(): ChangeControlState {
  const { workflowId } = workflowInfo();
  const environment = environmentOfChangeControl(workflowId);
  if (environment === undefined) {
    throw ApplicationFailure.nonRetryable(
      `Change control runs under the workflow ID change-control/ENVIRONMENT, not ${workflowId}. ` +
        'It is started by whoever asks it first; nobody needs to start it.',
      failureTypes.wrongWorkflowId,
    );
  }
  return { environment, freezes: [], permits: [], records: [], nextFreeze: 1 };
}

const mostPauses = 20;

/**
 * An update that is answered in the very task that continues as new can be lost
 * (temporalio/temporal#6375), so this ends in a task in which nobody was answered. Under load
 * without a pause it ends all the same: whoever gets no answer asks again.
 */
async function untilQuiet(desk: Desk): Promise<void> {
  for (let pauses = 0; pauses < mostPauses; pauses++) {
    await sleep(1, { summary: 'let the last answer reach its sender' });
    const isQuiet = desk.answeredAt !== workflowInfo().historyLength;
    if (isQuiet && allHandlersFinished()) return;
  }
  await condition(allHandlersFinished);
}
