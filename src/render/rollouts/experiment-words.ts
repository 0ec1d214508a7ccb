import type { StageExperimentStatus } from '../../contracts/rollouts/status.ts';

/** `experiment chaos/demo/shop-rollout: Passed`: in a line that says what came of a stage. */
export function describeExperiment({ workflowId, startedAtMs, outcome }: StageExperimentStatus) {
  const standing = outcome ?? (startedAtMs === undefined ? 'not made' : 'under way');
  return `experiment ${workflowId}: ${standing}`;
}

/** The same with the reason for it. */
export function explainExperiment(experiment: StageExperimentStatus): string {
  const { reason } = experiment;
  return `${describeExperiment(experiment)}${reason === undefined ? '' : `: ${reason}`}`;
}
