import type { RolloutSettings } from '../../contracts/settings.ts';
import type { CanarySpec } from '../../specs/canary.ts';
import type { StageSpec } from '../../specs/stage.ts';
import { heartbeatEveryMs } from './watch-heartbeat.ts';

/** The start, its update and the spec's resolution; inspect, claim; promote, let go, report, outcome. */
const actionsAroundStages = 9;
/** Scale, await ready, set weight, and the phase. */
const actionsPerStage = 4;

/**
 * Temporal Actions of a canary that nobody intervenes in but to answer its approvals at once.
 * Retries, longer waits and reads of its status come on top.
 */
export function estimateActions(
  { stages }: Pick<CanarySpec, 'stages'>,
  { blindTimeMs }: Pick<RolloutSettings, 'blindTimeMs'>,
): number {
  return stages.reduce(
    (sum, stage) => sum + stageActions(stage, heartbeatEveryMs(blindTimeMs)),
    actionsAroundStages,
  );
}

function stageActions({ holdMs, smoke, approval }: StageSpec, beatMs: number): number {
  const watch = holdMs > 0 ? 1 + Math.floor(holdMs / beatMs) : 0;
  return actionsPerStage + watch + (smoke ? 1 : 0) + (approval ? approvalActions(approval) : 0);
}

/** The answer, the phase before and after it, the watch meanwhile; a limit is a timer. */
function approvalActions({ limit }: NonNullable<StageSpec['approval']>): number {
  return 4 + (limit ? 1 : 0);
}
