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
 * Runs the story of a rollout to its end, whichever that is: its own outcome, or everything
 * undone and the reason why. Writes the report, answers the last messages, and hands over to a
 * successor if there is one. Fails only where nothing was ever acted on.
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
  rollout.say('closed', failure.message);
  rollout.notifier?.tellRefusal();
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

/** Undoes everything, for as long as a person wants it tried. */
async function undoAll(rollout: Rollout, ending: Ending): Promise<Ending> {
  rollout.status.reason = ending.reason;
  if (rollout.stage !== undefined) {
    rollout.stage.leftAtMs = Date.now();
    rollout.stage.state = ending.outcome === 'RolledBack' ? 'failed' : 'stopped';
  }
  for (;;) {
    rollout.say('undoing', `Undoing: ${ending.reason}`);
    if (await rollout.undo.run(() => rollout.refresh())) return withSuccessor(rollout, ending);
    rollout.answer = undefined;
    rollout.say('undo-failed', `${failedUndos(rollout)}. Answer with retry or giveUp`);
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
    reason: `${ending.reason}; then the workflow was cancelled, and that was not started`,
  };
}

function failedUndos({ undo }: Rollout): string {
  const failed = undo.list().filter(({ state }) => state === 'failed');
  const named = failed.map(({ name, error }) => (error === undefined ? name : `${name}: ${error}`));
  return `An undo failed for good: ${named.join('; ')}`;
}

async function close(rollout: Rollout, { outcome, reason }: Ending): Promise<RolloutReport> {
  rollout.status.outcome = outcome;
  rollout.status.reason = reason;
  rollout.say('closed', reason);
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
    kind: status.kind,
    rolloutId: status.rolloutId,
    workflowId: status.workflowId,
    runId: status.runId,
    service: status.service,
    environment: status.environment,
    version: status.version,
    ...(status.previousVersion !== undefined && { previousVersion: status.previousVersion }),
    outcome,
    reason,
    startedAtMs: status.startedAtMs,
    endedAtMs: Date.now(),
    ...startedBy(rollout.request),
    notes: rollout.notes,
    stages: status.stages,
    people: status.people,
    undo: status.undo.flatMap(({ name, state, error }) =>
      state === 'armed' ? [] : [{ name, state, ...(error !== undefined && { error }) }],
    ),
    spec: rollout.input,
  };
}

/**
 * An update that completes in the very task that continues as new can be lost
 * (temporalio/temporal#6375), so a task of its own goes between the last answer and the end.
 */
async function untilNobodyIsAnswered(): Promise<void> {
  while (!allHandlersFinished()) {
    await condition(allHandlersFinished);
    await sleep(1, { summary: 'let the last answer reach its sender' });
  }
}

async function startSuccessor({ successor }: Rollout): Promise<never> {
  if (successor === undefined) throw new Error('There is no successor to start');
  const { kind, input, request } = successor;
  const continueAs = makeContinueAsNewFunc<(spec: unknown, by: typeof request) => Promise<unknown>>(
    {
      workflowType: workflowTypes[kind],
      // Workers that are versioned: what comes next has not begun, so it belongs to the newest code.
      initialVersioningBehavior: 'AUTO_UPGRADE',
    },
  );
  return continueAs(input, request);
}
