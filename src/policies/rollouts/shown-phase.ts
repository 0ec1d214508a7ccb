import type { RolloutStatus, StageStatus } from '../../contracts/rollouts/status.ts';

/** What lists show as the phase. Each change costs an Action, so passing phases show as the stage they belong to. */
export function shownPhase({ phase, stages }: Pick<RolloutStatus, 'phase' | 'stages'>): string {
  switch (phase) {
    case 'starting':
      return 'starting';
    case 'preparing':
    case 'holding':
    case 'promoting':
      return stageShown(stages);
    default:
      return phase;
  }
}

/** The open stage, or the last one that is worth an Action: one without a hold is over at once. */
function stageShown(stages: StageStatus[]): string {
  const entered = stages.filter(({ state }) => state !== 'pending' && state !== 'skipped');
  const shown = entered.findLast(({ holdMs }) => holdMs > 0) ?? entered.at(-1);
  return shown === undefined ? 'starting' : `at ${shown.weight} %`;
}
