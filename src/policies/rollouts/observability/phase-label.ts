import type { RolloutPhase } from '../../../kinds/rollout-phases.ts';

/** Phases that end only when a person does something. */
const waitingPhases = [
  'paused',
  'inconclusive',
  'awaiting-approval',
  'stuck',
  'undo-failed',
] as const satisfies RolloutPhase[];

const shownAsSuch: readonly string[] = [
  ...waitingPhases,
  'starting',
  'experimenting',
  'keeping',
  'taking-over',
  'undoing',
  'closed',
] satisfies RolloutPhase[];

/** What the search attribute says, without the weight: `at 20 %` is `in-stage`. */
export function phaseLabel(shown: string | undefined): string {
  if (shown === undefined) return 'starting';
  return shownAsSuch.includes(shown) ? shown : 'in-stage';
}

export function isWaiting(phase: string): boolean {
  return (waitingPhases as readonly string[]).includes(phase);
}
