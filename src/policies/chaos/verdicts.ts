/** What an experiment or a campaign may end as. A preview has none. */
export const verdicts = [
  ...(['Passed', 'Failed', 'Inconclusive', 'NotInjected', 'Aborted', 'LeftBehind'] as const),
  /** Somebody gave up to remove a fault of a run that was cancelled. */
  'UndoFailed',
] as const;

export type Verdict = (typeof verdicts)[number];
