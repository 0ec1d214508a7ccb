import type { HoldProgress, HoldWatch } from '../../contracts/hold.ts';
import type { TrafficSnapshot } from '../../contracts/traffic.ts';
import type { Verdict } from '../../contracts/verdict.ts';
import { thresholdJudge } from './judge-threshold.ts';
import { sequentialJudge } from './sequential/judge-sequential.ts';

/** Turns what a hold reads into its verdict. All pure; what is known is in the progress. */
export interface Judge {
  /** Adds the traffic between two snapshots. */
  record(progress: HoldProgress, before: TrafficSnapshot, after: TrafficSnapshot): HoldProgress;
  /** A verdict that need not wait for the hold's end. */
  soFar(progress: HoldProgress): Verdict | undefined;
  /** The verdict at the hold's end: a pass only where enough was seen. */
  atDeadline(progress: HoldProgress): Verdict;
}

/** The judge that the spec names, or none. Whoever it is, a source that stays silent is inconclusive. */
export function judgeOf(hold: HoldWatch): Judge | undefined {
  const { analysis } = hold;
  if (analysis.mode === 'none') return undefined;
  const judge =
    analysis.mode === 'threshold'
      ? thresholdJudge(analysis, hold)
      : sequentialJudge(analysis, hold);
  const soFar = (progress: HoldProgress) =>
    judge.soFar(progress) ?? judgeSilence(progress, analysis.consecutiveErrorLimit);
  return {
    ...judge,
    soFar,
    atDeadline: (progress) => soFar(progress) ?? judge.atDeadline(progress),
  };
}

function judgeSilence({ consecutiveErrors }: HoldProgress, limit: number): Verdict | undefined {
  if (consecutiveErrors <= limit) return undefined;
  const reason = `the metric source did not answer ${consecutiveErrors} times in a row`;
  return { kind: 'inconclusive', reasons: [reason] };
}
