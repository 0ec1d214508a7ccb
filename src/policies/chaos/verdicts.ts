/** What an experiment or a campaign may end as. A preview has none. */
export const verdicts = [
  ...(['Passed', 'Failed', 'Inconclusive', 'NotInjected', 'Aborted', 'LeftBehind'] as const),
  /** Somebody gave up to remove a fault of a run that was cancelled. */
  'UndoFailed',
] as const;

export type Verdict = (typeof verdicts)[number];

/** A fault may still be there: somebody has to look. Lost: nobody saw the end of its run. */
export function leavesFault(outcome: string): boolean {
  return outcome === 'LeftBehind' || outcome === 'UndoFailed' || outcome === 'Lost';
}
