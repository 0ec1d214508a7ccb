import {
  CancellationScope,
  CancelledFailure,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import { boundNotes } from '../../src/policies/kernel/bound-notes.ts';
import type { Continuation } from './continuation.ts';
import type { Run } from './run.ts';
import { untilNobodyIsAnswered } from './until-nobody-is-answered.ts';

/**
 * A place at which the story can be taken up again from `state`. Where the server suggests it, the
 * run continues as new from here, with its undos armed, in the newest version of the code; the
 * story finds `state` in `resumedFrom`. Otherwise nothing happens. A run that waits for weeks does
 * so earlier: after `longestHistory` events.
 */
export async function checkpoint(
  run: Run,
  state: unknown,
  longestHistory = Infinity,
): Promise<void> {
  const { continueAsNewSuggested, historyLength, workflowType } = workflowInfo();
  if (!continueAsNewSuggested && historyLength < longestHistory) return;
  await run.notifier.settle();
  const permitHeldIn = await run.permit.settle();
  await untilNobodyIsAnswered();
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('asked to stop at a checkpoint');
  }
  const continueAs = makeContinueAsNewFunc<
    (input: unknown, request: unknown, continuation: Continuation) => Promise<unknown>
  >({ workflowType, initialVersioningBehavior: 'AUTO_UPGRADE' });
  const { stepsLeftOut } = run.status;
  await continueAs(run.input, run.request, {
    runRef: run.id,
    startedAtMs: run.status.startedAtMs,
    parentRef: run.parentRef,
    fenceStep: run.fencing.last().step,
    undos: run.undo.toData(),
    steps: run.status.steps,
    ...(stepsLeftOut !== undefined && { stepsLeftOut }),
    people: run.status.people,
    notes: boundNotes(run.notes),
    ...(permitHeldIn !== undefined && { permitHeldIn }),
    state,
  });
}
