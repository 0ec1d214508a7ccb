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

interface CheckpointOptions {
  /** A run that waits for weeks continues as new earlier: after so many events. */
  longestHistory?: number;
  /** Whether the story has something to do first. Asked last: messages arrive before it, too. */
  isNeeded?: () => boolean;
}

/**
 * A place at which the story can be taken up again from its state. Where the server suggests it, the
 * run continues as new from here, with its undos armed, in the newest version of the code; the
 * story finds what `stateOf` returned last in `resumedFrom`. Otherwise nothing happens.
 */
export async function checkpoint(
  run: Run,
  stateOf: () => unknown,
  { longestHistory = Infinity, isNeeded = () => false }: CheckpointOptions = {},
): Promise<void> {
  const { continueAsNewSuggested, historyLength, workflowType } = workflowInfo();
  if (!continueAsNewSuggested && historyLength < longestHistory) return;
  await run.notifier.settle();
  const permitHeldIn = await run.permit.settle();
  await untilNobodyIsAnswered();
  if (CancellationScope.current().consideredCancelled) {
    throw new CancelledFailure('asked to stop at a checkpoint');
  }
  if (isNeeded()) return;
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
    state: stateOf(),
  });
}
