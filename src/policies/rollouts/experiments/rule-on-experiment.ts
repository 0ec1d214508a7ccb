import type { StageExperimentStatus } from '../../../contracts/rollouts/status.ts';
import { longestWithoutRunMs, type PlannedFault } from '../../kernel/fault-without-run.ts';

/** What an experiment means for the rollout whose stage it was made at. */
export type ExperimentRuling =
  | { kind: 'go-on' }
  /** The release did not stand it, as if its metrics had failed. */
  | { kind: 'undo'; reason: string }
  /** Nothing is known. `isUnsafe`: a fault may still be there, so nobody but a person decides. */
  | { kind: 'ask'; reason: string; isUnsafe: boolean };

/** A fault may have outlived its run, or nobody saw whether it did. */
const unsafe: readonly string[] = ['LeftBehind', 'UndoFailed', 'Lost'];

/** Only a verdict that passed lets the rollout go on, and only one that failed undoes it. */
export function ruleOnExperiment({
  workflowId,
  outcome = 'Lost',
  reason = 'nothing is known of it',
}: StageExperimentStatus): ExperimentRuling {
  const said = `experiment ${workflowId} ended as ${outcome}: ${reason}`;
  switch (outcome) {
    case 'Passed':
      return { kind: 'go-on' };
    case 'Failed':
      return { kind: 'undo', reason: said };
    default:
      return { kind: 'ask', reason: said, isUnsafe: unsafe.includes(outcome) };
  }
}

/** For an act that is under way, which takes a minute at most, and for clocks that differ. */
const marginMs = 2 * 60_000;

/**
 * How long a rollout that is stopped waits for its experiment to have removed its fault, in milliseconds. By then the
 * fault has ended by itself, whatever becomes of the run.
 */
export function longestRemovalMs(planned: PlannedFault): number {
  return longestWithoutRunMs(planned) + marginMs;
}
