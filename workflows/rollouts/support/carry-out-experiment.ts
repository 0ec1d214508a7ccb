import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  rootCause,
  startChild,
  TerminatedFailure,
  TimeoutFailure,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { StartRequest } from '../../../src/contracts/kernel/messages.ts';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import { attributesOfStart } from '../../../src/contracts/kernel/search-attributes.ts';
import type { StageExperimentStatus } from '../../../src/contracts/rollouts/status.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { shorten } from '../../../src/policies/kernel/notifications/bounded-text.ts';
import { longestRemovalMs } from '../../../src/policies/rollouts/experiments/rule-on-experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { StageExperiment } from '../../../src/specs/stage-experiment.ts';
import type { Rollout } from './rollout.ts';

type Ended = Required<Pick<StageExperimentStatus, 'outcome' | 'reason'>> &
  Pick<StageExperimentStatus, 'runRef'>;

/** Every status carries it, so it stays small. */
const longestReason = 500;

/** The ID of the run that carries it out. */
export function experimentWorkflowId(experiment: StageExperiment): string {
  const kind = chaosKinds.chaosExperiment;
  return workflowIdOf(kind, kind.subject(experiment));
}

/**
 * Has an experiment made by a run of its own, and returns what came of it. A rollout that is stopped
 * meanwhile stops that run, and this returns only when its fault is gone.
 */
export async function carryOutExperiment(
  rollout: Rollout,
  experiment: StageExperiment,
  weight: number,
): Promise<Ended> {
  const { reason, ...ended } = await resultOf(async () => {
    const child = await start(rollout, experiment, weight);
    return untilEnded(rollout, experiment, child);
  });
  return { ...ended, reason: shorten(reason, longestReason) };
}

function start(rollout: Rollout, experiment: StageExperiment, weight: number) {
  const kind = chaosKinds.chaosExperiment;
  const subject = kind.subject(experiment);
  const { workflowId, version } = rollout.status;
  const request: StartRequest = {
    requestId: `${rollout.id}/${weight}`,
    by: rollout.request?.by ?? workflowId,
    why: `${version} at ${weight} % of ${workflowId}`,
    parentRun: rollout.id,
  };
  return startChild(kind.workflowType, {
    workflowId: experimentWorkflowId(experiment),
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // Where the rollout is terminated, the experiment removes its faults.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    args: [experiment.written, request],
    typedSearchAttributes: Object.entries(attributesOfStart(kind.kind, subject)).map(
      ([attribute, value]) => ({ key: defineSearchAttributeKey(attribute, 'KEYWORD'), value }),
    ),
    staticSummary: `${subject.environment}/${subject.name}, by a rollout at ${weight} %`,
  });
}

/** It is cancelled with the scope of the rollout, and removes its fault then: what is left is to wait. */
async function untilEnded(
  rollout: Rollout,
  experiment: StageExperiment,
  child: Pick<ChildWorkflowHandle<never>, 'result'>,
): Promise<Ended> {
  const result = child.result() as Promise<RunReport>;
  let isOver = false;
  const over = result.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  try {
    await Promise.race([over, CancellationScope.current().cancelRequested]);
  } catch {
    const workflowId = experimentWorkflowId(experiment);
    const { now } = rollout.status;
    rollout.enterPhase('undoing', `Waiting until ${workflowId} has removed its fault: ${now}`);
    const longestMs = longestRemovalMs(experiment);
    const isGone = await CancellationScope.nonCancellable(() =>
      condition(() => isOver, longestMs, { summary: `${workflowId} removes its fault` }),
    );
    if (!isGone) return lost(`it had not ended ${formatDuration(longestMs)} after it was stopped`);
  }
  const { outcome, reason, runRef } = await result;
  return { outcome, reason, runRef };
}

function lost(reason: string): Ended {
  return { outcome: 'Lost', reason: `${reason}; its faults end by their leases` };
}

async function resultOf(act: () => Promise<Ended>): Promise<Ended> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    if (error instanceof WorkflowExecutionAlreadyStartedError) {
      return { outcome: 'Refused', reason: 'a run of it is open already' };
    }
    const reason = rootCause(error) ?? String(error);
    const cause = error instanceof Error ? error.cause : undefined;
    const isLost =
      isCancellation(error) ||
      cause instanceof TerminatedFailure ||
      cause instanceof TimeoutFailure;
    return isLost ? lost(reason) : { outcome: 'Refused', reason };
  }
}
