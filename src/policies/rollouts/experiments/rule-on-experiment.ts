import type { StageExperimentStatus } from '../../../contracts/rollouts/status.ts';

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

/**
 * How long a rollout that is stopped waits for its experiment to have removed its fault, in milliseconds. By then the
 * fault has ended by itself, whatever becomes of the run and however long it was to last: only a run that
 * goes on extends the lease of a fault, a minute at a time, and an act that is under way takes a minute at most.
 */
export const longestRemovalMs = 3 * 60_000;
