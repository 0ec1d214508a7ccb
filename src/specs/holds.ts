import { measurementIntervalMs } from '../policies/rollout/plan.ts';
import { formatDuration } from './duration.ts';
import type { Finding, Unfinished } from './finding.ts';
import { isMapping } from './finding.ts';

const shortestMeasuredHoldMs = 1_000;
const giveItTime = 'give the stage a hold, such as 10m, or write analysis: none';

/** Holds that could not decide anything, whatever the canary does. */
export function judgeHolds({ stages, analysis }: Unfinished): Finding[] {
  if (analysis === 'none' || !Array.isArray(stages)) return [];
  return stages.flatMap((stage: unknown, index) => {
    const message = isMapping(stage) ? refuseHold(stage, analysis) : undefined;
    return message === undefined ? [] : [{ path: ['stages', index, 'hold'], message }];
  });
}

/** The same for a watch that may be left out altogether. */
export function judgeWatch({ watch, analysis }: Unfinished): Finding[] {
  if (analysis === 'none' || watch === undefined) return [];
  const message =
    watch === 0
      ? '0 would measure nothing; watch for some time, such as 5m, or write analysis: none'
      : refuseHold({ weight: 100, hold: watch }, analysis);
  return message === undefined ? [] : [{ path: ['watch'], message }];
}

function refuseHold({ weight, hold }: Unfinished, analysis: unknown): string | undefined {
  const last = weight === 100;
  if (hold === undefined) {
    return last
      ? undefined
      : `missing; ${giveItTime}`;
  }
  if (typeof hold !== 'number') return undefined;
  if (hold === 0) {
    return last
      ? undefined
      : `0 would measure nothing; ${giveItTime}`;
  }
  if (hold < shortestMeasuredHoldMs) {
    return `${formatDuration(hold)} is too short to measure anything; at least ${formatDuration(shortestMeasuredHoldMs)}, or write analysis: none`;
  }
  return isMapping(analysis) ? refuseThresholds(hold, analysis) : undefined;
}

function refuseThresholds(
  hold: number,
  { interval, count, failureLimit }: Unfinished,
): string | undefined {
  if (typeof interval !== 'number') return undefined;
  const every = measurementIntervalMs(hold, interval);
  const fit = Math.floor(hold / every);
  const measured = `${formatDuration(hold)} has room for ${fit} measurements (one every ${formatDuration(every)})`;
  if (typeof count === 'number' && count > fit) {
    return `${measured} and analysis.count wants ${count}, so it could never pass; hold longer or lower one of count and interval`;
  }
  if (typeof failureLimit === 'number' && failureLimit >= fit) {
    return `${measured} and analysis.failureLimit forgives ${failureLimit}, so it could never fail; hold longer or lower failureLimit`;
  }
  return undefined;
}
