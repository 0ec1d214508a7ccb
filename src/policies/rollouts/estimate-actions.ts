import type { RunSettings } from '../../contracts/kernel/settings.ts';
import type { DeploymentOfAnyKind } from './plan.ts';
import { stagesOf } from './plan.ts';
import type { StageSpec } from '../../specs/rollouts/stage.ts';
import { heartbeatEveryMs } from './watch-heartbeat.ts';

/** Asking change control for a permit, its update there, and giving the permit back. */
const actionsOfPermit = 3;
/** The start, its update and the spec's resolution; inspect, claim; promote, release, report, outcome. */
const actionsAroundStages = 9 + actionsOfPermit;
/** Scale, await ready and set weight. */
const actionsPerStage = 3;
/** Stable takes over what the canary serves: the wait for it, and the way back to it. */
const actionsOfTakingOver = 2;
/** Those of the run that carries it out, without its heartbeats, and the phases of the rollout around it. */
const actionsOfExperiment = 30;

/**
 * Temporal Actions of a deployment that nobody intervenes in but to answer its approvals at once.
 * Retries, longer waits and reads of its status come on top.
 */
export function estimateActions(
  spec: DeploymentOfAnyKind,
  { blindTimeMs }: Pick<RunSettings, 'blindTimeMs'>,
): number {
  const beatMs = heartbeatEveryMs(blindTimeMs);
  return stagesOf(spec).reduce(
    (sum, stage) => sum + stageActions(stage, beatMs),
    actionsAroundStages + actionsBesides(spec, beatMs),
  );
}

function actionsBesides(spec: DeploymentOfAnyKind, beatMs: number): number {
  const takingOver = spec.target.platform === 'kubernetes' ? actionsOfTakingOver : 0;
  switch (spec.kind) {
    case 'canary':
      return takingOver;
    case 'blueGreen': {
      const { smoke, warmUp, approval, keepMs } = spec;
      const warming = warmUp ? 1 + Math.floor(warmUp.durationMs / beatMs) : 0;
      const asking = approval ? approvalActions(approval) : 0;
      return takingOver + smoke.length + warming + asking + (keepMs > 0 ? 1 : 0);
    }
    case 'rolling':
    case 'recreate':
      return 0;
  }
}

function stageActions({ holdMs, smoke, approval, experiment }: StageSpec, beatMs: number): number {
  // The phase, and the watch with its heartbeats.
  const hold = holdMs > 0 ? 2 + Math.floor(holdMs / beatMs) : 0;
  const besides = (smoke ? 1 : 0) + (experiment ? actionsOfExperiment : 0);
  return actionsPerStage + hold + besides + (approval ? approvalActions(approval) : 0);
}

/** The answer, the phase before and after it, the watch meanwhile; a limit is a timer. */
function approvalActions({ limit }: NonNullable<StageSpec['approval']>): number {
  return 4 + (limit ? 1 : 0);
}
