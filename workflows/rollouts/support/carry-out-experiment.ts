import {
  CancellationScope,
  condition,
  isCancellation,
  ParentClosePolicy,
  startChild,
  type ChildWorkflowHandle,
} from '@temporalio/workflow';
import type { RunReport } from '../../../src/contracts/kernel/report.ts';
import type { StageExperimentStatus } from '../../../src/contracts/rollouts/status.ts';
import { chaosKinds } from '../../../src/kinds/chaos.ts';
import { workflowIdOf } from '../../../src/kinds/locks.ts';
import { endsWithoutRun } from '../../../src/policies/kernel/fault-without-run.ts';
import { shorten } from '../../../src/policies/kernel/notifications/bounded-text.ts';
import { longestRemovalMs } from '../../../src/policies/rollouts/experiments/rule-on-experiment.ts';
import { formatDuration } from '../../../src/specs/kernel/duration.ts';
import type { StageExperiment } from '../../../src/specs/stage-experiment.ts';
import { asChild, endWithoutReport } from '../../kernel/child-run.ts';
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
 * meanwhile stops that run, and this returns when its fault is gone: removed, or ended by itself.
 */
export async function carryOutExperiment(
  rollout: Rollout,
  experiment: StageExperiment,
  weight: number,
): Promise<Ended> {
  const { reason, ...ended } = await resultOf(experiment, async () => {
    const child = await start(rollout, experiment, weight);
    return untilEnded(rollout, experiment, child);
  });
  return { ...ended, reason: shorten(reason, longestReason) };
}

function start(rollout: Rollout, experiment: StageExperiment, weight: number) {
  const kind = chaosKinds.chaosExperiment;
  const { workflowId, version } = rollout.status;
  return startChild(kind.workflowType, {
    ...asChild(kind, {
      subject: kind.subject(experiment),
      spec: experiment.written,
      request: {
        requestId: `${rollout.id}/${weight}`,
        by: rollout.request?.by ?? workflowId,
        why: `${version} at ${weight} % of ${workflowId}`,
        parentRun: rollout.id,
      },
      startedBy: `a rollout at ${weight} %`,
    }),
    // Where the rollout is terminated, the experiment removes its faults.
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
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
    const longestMs = longestRemovalMs(experiment);
    const { now } = rollout.status;
    rollout.enterPhase('undoing', `Waiting until ${workflowId} has removed its fault: ${now}`);
    const isGone = await CancellationScope.nonCancellable(() =>
      condition(() => isOver, longestMs, { summary: `${workflowId} removes its fault` }),
    );
    if (!isGone) {
      return lost(experiment, `it had not ended ${formatDuration(longestMs)} after it was stopped`);
    }
  }
  const { outcome, reason, runRef } = await result;
  return { outcome, reason, runRef };
}

function lost(experiment: StageExperiment, reason: string): Ended {
  return { outcome: 'Lost', reason: `${reason}; ${endsWithoutRun(experiment)}` };
}

async function resultOf(experiment: StageExperiment, act: () => Promise<Ended>): Promise<Ended> {
  try {
    return await act();
  } catch (error) {
    if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error;
    const { outcome, reason } = endWithoutReport(error);
    return outcome === 'Lost' ? lost(experiment, reason) : { outcome, reason };
  }
}
