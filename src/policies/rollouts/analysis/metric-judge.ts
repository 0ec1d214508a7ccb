import type { HoldProgress } from '../../../contracts/rollouts/hold.ts';
import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { Verdict } from '../../../contracts/rollouts/verdict.ts';

/** Turns what a hold reads of one metric into its verdict. All pure; what is known is in the progress. */
export interface MetricJudge {
  /** Adds what lies between two looks; the progress as it was where the metric could not be read. */
  record(progress: HoldProgress, before: Sample, after: Sample): HoldProgress;
  /** A verdict that need not wait for the hold's end. */
  soFar(progress: HoldProgress): Verdict | undefined;
  /** The verdict at the hold's end: a pass only where enough was seen. */
  atDeadline(progress: HoldProgress): Verdict;
}
