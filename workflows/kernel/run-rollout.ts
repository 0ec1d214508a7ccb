import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  makeContinueAsNewFunc,
  proxyActivities,
  rootCause,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import { workflowTypes } from '../../src/kinds/workflow-types.ts';
import type { LedgerActivities } from '../../src/contracts/kernel/ledger.ts';
import type { RolloutReport } from '../../src/contracts/rollouts/report.ts';
import type { Outcome } from '../../src/contracts/rollouts/outcome.ts';
import { startedBy } from '../../src/policies/rollouts/started-by.ts';
import type { Rollout } from './rollout.ts';

const { appendReport } = proxyActivities<LedgerActivities>({
  startToCloseTimeout: '10 s',
  scheduleToCloseTimeout: '10 min',
  summary: 'write the report into the ledger',
});

/** How a rollout ended, and why in one line. */
export interface Ending {
  outcome: Outcome;
  reason: string;
}

/**
 * Runs the story of a rollout to its end: its own outcome, or everything undone, with the reason. Writes the report, answers the last messages, and hands over to a
 * successor if there is one. Fails only if nothing was ever changed.
 */
export async function runRollout(
  rollout: Rollout,
  story: () => Promise<Ending>,
): Promise<RolloutReport> {
  let ending: Ending;
  try {
    ending = await rollout.scope.run(story);
    rollout.undo.disarm();
  } catch (error) {
    ending = endingOf(rollout, error);
    rollout.scope.cancel();
    const hasFailed = rollout.interruption === undefined && ending.outcome === 'RolledBack';
    if (rollout.undo.isEmpty() && hasFailed) return refuseStart(rollout, error);
    ending = await CancellationScope.nonCancellable(() => undoAll(rollout, ending));
  }
  return CancellationScope.nonCancellable(() => close(rollout, ending));
}

/** A start that never acted fails the workflow, and the deploy that asked for it. */
async function refuseStart(rollout: Rollout, error: unknown): Promise<never> {
  const failure =
    error instanceof ApplicationFailure
      ? error
      : (applicationFailureIn(error) ??
        ApplicationFailure.nonRetryable(rootCause(error) ?? String(error)));
  rollout.refusal = failure;
  rollout.status.reason = failure.message;
  rollout.enterPhase('closed', failure.message);
  rollout.notifier?.notifyOfRefusal();
  await rollout.notifier?.settle();
  await untilNobodyIsAnswered();
  if (rollout.successor !== undefined) return startSuccessor(rollout);
  throw failure;
}

function applicationFailureIn(error: unknown): ApplicationFailure | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof ApplicationFailure) return cause;
  }
  return undefined;
}

function endingOf(rollout: Rollout, error: unknown): Ending {
  if (rollout.interruption !== undefined) return rollout.interruption;
  if (isCancellation(error) || CancellationScope.current().consideredCancelled) {
    return { outcome: 'Aborted', reason: 'The workflow was cancelled' };
  }
  return { outcome: 'RolledBack', reason: rootCause(error) ?? String(error) };
}

/** Undoes everything, and tries again for as long as a person asks for it. */
async function undoAll(rollout: Rollout, ending: Ending): Promise<Ending> {
  rollout.status.reason = ending.reason;
  if (rollout.stage !== undefined) {
    rollout.stage.leftAtMs = Date.now();
    rollout.stage.state = ending.outcome === 'RolledBack' ? 'failed' : 'stopped';
  }
  for (;;) {
    rollout.enterPhase('undoing', `Undoing: ${ending.reason}`);
    if (await rollout.undo.run(() => rollout.refresh())) return withSuccessor(rollout, ending);
    rollout.answer = undefined;
    rollout.enterPhase('undo-failed', `${failedUndos(rollout)}. Answer with retry or giveUp`);
    await condition(() => rollout.answer !== undefined);
    if (rollout.answer === 'giveUp') {
      return { outcome: 'UndoFailed', reason: `${ending.reason}; its undo was given up` };
    }
    await rollout.rereadSettings();
  }
}

/** A cancellation drops the successor, and nothing is superseded then. */
function withSuccessor({ successor }: Rollout, ending: Ending): Ending {
  if (ending.outcome !== 'Superseded' || successor !== undefined) return ending;
  return {
    outcome: 'Aborted',
    reason: `${ending.reason}; then the workflow was cancelled, so the new release was not started`,
  };
}

function failedUndos({ undo }: Rollout): string {
  const failed = undo.list().filter(({ state }) => state === 'failed');
  const named = failed.map(({ name, error }) => (error === undefined ? name : `${name}: ${error}`));
  return `An undo failed permanently: ${named.join('; ')}`;
}

async function close(rollout: Rollout, { outcome, reason }: Ending): Promise<RolloutReport> {
  rollout.status.outcome = outcome;
  rollout.status.reason = reason;
  rollout.enterPhase('closed', reason);
  await rollout.notifier?.settle();
  const report = reportOf(rollout, outcome, reason);
  if (rollout.spec !== undefined) await writeIntoLedger(report);
  await untilNobodyIsAnswered();
  if (rollout.successor !== undefined) await startSuccessor(rollout);
  return report;
}

async function writeIntoLedger(report: RolloutReport): Promise<void> {
  try {
    await appendReport(report);
  } catch (error) {
    report.notes.push(`This report is not in the ledger: ${rootCause(error) ?? String(error)}`);
  }
}

function reportOf(rollout: Rollout, outcome: Outcome, reason: string): RolloutReport {
  const { status } = rollout;
  return {
    format: 2,
    family: 'rollouts',
    kind: status.kind,
    runRef: status.rolloutId,
    workflowId: status.workflowId,
    runId: status.runId,
    ...parentRef(),
    subject: { environment: status.environment, name: status.service },
    outcome,
    reason,
    startedAtMs: status.startedAtMs,
    endedAtMs: Date.now(),
    ...startedBy(rollout.request),
    notes: rollout.notes,
    people: status.people,
    undo: status.undo.flatMap(({ name, state, error }) =>
      state === 'armed' ? [] : [{ name, state, ...(error !== undefined && { error }) }],
    ),
    spec: rollout.input,
    details: {
      version: status.version,
      ...(status.previousVersion !== undefined && { previousVersion: status.previousVersion }),
      stages: status.stages,
    },
  };
}

/** What followed another run under its workflow ID was not started by that one's parent. */
function parentRef(): Pick<RolloutReport, 'parentRef'> {
  const { parent, continuedFromExecutionRunId } = workflowInfo();
  if (parent === undefined || continuedFromExecutionRunId !== undefined) return {};
  return { parentRef: parent.workflowId };
}

/**
 * An update that completes in the very task that continues as new can be lost
 * (temporalio/temporal#6375), so a separate task comes between the last response and the end.
 */
async function untilNobodyIsAnswered(): Promise<void> {
  while (!allHandlersFinished()) {
    await condition(allHandlersFinished);
    await sleep(1, { summary: 'let the last response reach its sender' });
  }
}

async function startSuccessor({ successor }: Rollout): Promise<never> {
  if (successor === undefined) throw new Error('There is no successor to start');
  const { kind, input, request } = successor;
  const continueAs = makeContinueAsNewFunc<(spec: unknown, by: typeof request) => Promise<unknown>>(
    {
      workflowType: workflowTypes[kind],
      // With versioned workers: the next run has not started yet, so it uses the newest code.
      initialVersioningBehavior: 'AUTO_UPGRADE',
    },
  );
  return continueAs(input, request);
}
