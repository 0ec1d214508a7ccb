import {
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  ContinueAsNew,
  isCancellation,
  makeContinueAsNewFunc,
} from '@temporalio/workflow';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { RunStatus } from '../../src/contracts/kernel/run.ts';
import { boundNotes } from '../../src/policies/kernel/bound-notes.ts';
import { startedBy } from '../../src/policies/kernel/started-by.ts';
import type { Ending } from './ending.ts';
import { reasonOf } from './reason-of.ts';
import { refuseOtherWorkflowId } from './refuse-other-workflow-id.ts';
import { resolveSpec } from './resolve-spec.ts';
import { registerHandlers } from './register-handlers.ts';
import type { VerbActs } from './register-verbs.ts';
import type { Run } from './run.ts';
import type { UndoTable } from './undos.ts';
import { untilNobodyIsAnswered } from './until-nobody-is-answered.ts';
import { writeIntoLedger } from './write-into-ledger.ts';

/** What a kind of run adds to its story. */
export interface RunActs<R extends Run> {
  verbs: VerbActs<R>;
  /** How each undo is carried out; asked for anew at every attempt, so that settings that were re-read count. */
  undos: (run: R) => UndoTable;
  /** What is still to be told once everything is undone. */
  onUndone?: (run: R) => Promise<void>;
}

/**
 * Runs the story of a run to its end: to its own outcome, or until everything is undone. Before it,
 * handlers are registered and the spec is read; after it, the report is written, the last messages
 * are answered, and a successor takes over if there is one. Fails only if the run never acted.
 */
export async function runStory<Spec, R extends Run<RunStatus, UndoTable, Spec>>(
  run: R & Run<RunStatus, UndoTable, Spec>,
  { verbs, undos, onUndone }: RunActs<R>,
  story: (spec: Spec) => Promise<Ending>,
): Promise<RunReport> {
  registerHandlers(run, verbs);
  run.refresh();
  let ending: Ending;
  try {
    ending = await run.scope.run(async () => story(await readSpec(run)));
    stopIfAskedTo(run);
    run.undo.disarm();
  } catch (error) {
    if (error instanceof ContinueAsNew) throw error;
    ending = endingOf(run, error);
    run.scope.cancel();
    const hasFailed = run.interruption === undefined && ending.outcome === run.outcomeOfFailure();
    const hasActed = run.opening.state !== 'pending' || !run.undo.isEmpty();
    if (!hasActed && hasFailed) return refuseStart(run, error);
    ending = await CancellationScope.nonCancellable(async () => {
      const undone = await undoAll(run, () => undos(run), ending);
      await onUndone?.(run);
      return undone;
    });
  }
  return CancellationScope.nonCancellable(() => close(run, ending));
}

/** The last act may succeed although the run was asked to stop meanwhile: what was accepted is done. */
function stopIfAskedTo(run: Run): void {
  const isCancelled = CancellationScope.current().consideredCancelled && !run.undo.isEmpty();
  if (run.interruption === undefined && !isCancelled) return;
  throw new CancelledFailure('asked to stop during the last act');
}

/** The first act of every run: the spec with its defaults, and whether this is the workflow ID that its lock asks for. */
async function readSpec<Spec>(run: Run<RunStatus, UndoTable, Spec>): Promise<Spec> {
  const { spec, settings } = await resolveSpec(run.kind.kind, run.input);
  run.accept(spec as Spec, settings);
  refuseOtherWorkflowId(run.kind, run.kind.subject(spec as Spec));
  return spec as Spec;
}

/** A start that never acted fails the workflow, and the request that asked for it. */
async function refuseStart(run: Run, error: unknown): Promise<never> {
  const failure =
    error instanceof ApplicationFailure
      ? error
      : (applicationFailureIn(error) ?? ApplicationFailure.nonRetryable(reasonOf(error)));
  run.refuse(failure);
  run.status.reason = failure.message;
  run.enterPhase('closed', failure.message);
  run.notifier.notifyOfRefusal();
  await run.notifier.settle();
  await run.permit.giveBack();
  await untilNobodyIsAnswered();
  if (run.successor !== undefined) return startSuccessor(run);
  throw failure;
}

function applicationFailureIn(error: unknown): ApplicationFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return undefined;
}

function endingOf(run: Run, error: unknown): Ending {
  if (run.interruption !== undefined) return run.interruption;
  const isStopped =
    CancellationScope.current().consideredCancelled && run.tooLateToStop() === undefined;
  if (isCancellation(error) || isStopped) {
    return { outcome: 'Aborted', reason: 'The workflow was cancelled' };
  }
  return { outcome: run.outcomeOfFailure(), reason: reasonOf(error) };
}

/** Undoes everything, and tries again for as long as a person asks for it. */
async function undoAll(run: Run, undos: () => UndoTable, ending: Ending): Promise<Ending> {
  run.status.reason = ending.reason;
  run.stopSteps(ending.outcome === run.outcomeOfFailure() ? 'failed' : 'stopped');
  for (;;) {
    run.enterPhase('undoing', `Undoing: ${ending.reason}`);
    // A run that was stopped before its spec was read has no undos, and cannot carry any out.
    const isUndone = run.undo.isEmpty() || (await run.undo.run(undos(), () => run.refresh()));
    if (isUndone) return withSuccessor(run, ending);
    run.inbox.answers.take();
    run.enterPhase('undo-failed', `${failedUndos(run)}. Answer with retry or giveUp`);
    await condition(() => run.inbox.answers.value !== undefined);
    if (run.inbox.answers.take() === 'giveUp') {
      return { outcome: 'UndoFailed', reason: `${ending.reason}; its undo was given up` };
    }
    await run.rereadSettings();
  }
}

/** A cancellation drops the successor, and nothing is superseded then. */
function withSuccessor({ successor }: Run, ending: Ending): Ending {
  if (ending.outcome !== 'Superseded' || successor !== undefined) return ending;
  return {
    outcome: 'Aborted',
    reason: `${ending.reason}; then the workflow was cancelled, so the new release was not started`,
  };
}

function failedUndos({ undo }: Run): string {
  const failed = undo.list().filter(({ state }) => state === 'failed');
  const named = failed.map(({ name, error }) => (error === undefined ? name : `${name}: ${error}`));
  return `An undo failed permanently: ${named.join('; ')}`;
}

async function close(run: Run, { outcome, reason }: Ending): Promise<RunReport> {
  run.status.outcome = outcome;
  run.status.reason = reason;
  run.enterPhase('closed', reason);
  await run.notifier.settle();
  await run.finish();
  const report = reportOf(run, { outcome, reason });
  await run.permit.giveBack();
  if (run.spec !== undefined) await writeIntoLedger(report);
  await untilNobodyIsAnswered();
  if (run.successor !== undefined) await startSuccessor(run);
  return report;
}

function reportOf(run: Run, { outcome, reason }: Ending): RunReport {
  const { kind, status } = run;
  return {
    format: 2,
    family: kind.family,
    kind: status.kind,
    runRef: status.runRef,
    workflowId: status.workflowId,
    runId: status.runId,
    ...(run.parentRef !== undefined && { parentRef: run.parentRef }),
    subject: status.subject,
    outcome,
    reason,
    startedAtMs: status.startedAtMs,
    endedAtMs: Date.now(),
    ...startedBy(run.request),
    notes: boundNotes(run.notes),
    steps: status.steps,
    ...(status.stepsLeftOut !== undefined && { stepsLeftOut: status.stepsLeftOut }),
    people: status.people,
    undo: status.undo.flatMap(({ name, state, error }) =>
      state === 'armed' ? [] : [{ name, state, ...(error !== undefined && { error }) }],
    ),
    spec: run.input,
    details: run.details(),
  };
}

async function startSuccessor({ successor }: Run): Promise<never> {
  if (successor === undefined) throw new Error('There is no successor to start');
  const { workflowType, input, request } = successor;
  const continueAs = makeContinueAsNewFunc<(spec: unknown, by: typeof request) => Promise<unknown>>(
    {
      workflowType,
      // With versioned workers: the next run has not started yet, so it uses the newest code.
      initialVersioningBehavior: 'AUTO_UPGRADE',
    },
  );
  return continueAs(input, request);
}
