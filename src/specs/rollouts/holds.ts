import { measurementIntervalMs } from '../../policies/rollouts/measurement-interval.ts';
import { formatDuration } from '../kernel/duration.ts';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping } from '../kernel/finding.ts';

const shortestMeasuredMs = 1_000;
const giveItTime = 'give the stage a hold, such as 10m, or write analysis: none';

/** Holds that could not decide anything, whatever the canary does. */
export function judgeHolds({ stages, analysis }: Unfinished): Finding[] {
  if (analysis === 'none' || !Array.isArray(stages)) return [];
  return stages.flatMap((stage: unknown, index) => {
    const message = isMapping(stage) ? refuseHold(stage, analysis) : undefined;
    return message === undefined ? [] : [{ path: ['stages', index, 'hold'], message }];
  });
}

/** The same for a watch, which may also be left out by writing 0. */
export function judgeWatch({ watch, analysis }: Unfinished): Finding[] {
  if (analysis === 'none' || typeof watch !== 'number') return [];
  const message =
    watch === 0
      ? '0 would measure nothing; write a watch, such as 5m, or analysis: none'
      : refuseLength(watch, analysis);
  return message === undefined ? [] : [{ path: ['watch'], message }];
}

function refuseHold({ weight, hold }: Unfinished, analysis: unknown): string | undefined {
  const mayBeLeftOut = weight === 100;
  if (hold === undefined) return mayBeLeftOut ? undefined : `missing; ${giveItTime}`;
  if (typeof hold !== 'number') return undefined;
  if (hold === 0) return mayBeLeftOut ? undefined : `0 would measure nothing; ${giveItTime}`;
  return refuseLength(hold, analysis);
}

function refuseLength(lengthMs: number, analysis: unknown): string | undefined {
  if (lengthMs < shortestMeasuredMs) {
    return `${formatDuration(lengthMs)} is too short to measure anything; at least ${formatDuration(shortestMeasuredMs)}, or write analysis: none`;
  }
  return isMapping(analysis) ? refuseThresholds(lengthMs, analysis) : undefined;
}

function refuseThresholds(
  lengthMs: number,
  { interval: intervalMs, count, failureLimit }: Unfinished,
): string | undefined {
  if (typeof intervalMs !== 'number') return undefined;
  const every = measurementIntervalMs(lengthMs, { intervalMs });
  const fit = Math.floor(lengthMs / every);
  const measured = `${formatDuration(lengthMs)} has room for ${fit} measurements (one every ${formatDuration(every)})`;
  if (typeof count === 'number' && count > fit) {
    return `${measured} and analysis.count wants ${count}, so it could never pass; make it longer, or lower one of count and interval`;
  }
  if (typeof failureLimit === 'number' && failureLimit >= fit) {
    return `${measured} and analysis.failureLimit tolerates ${failureLimit}, so it could never fail; make it longer, or lower failureLimit`;
  }
  return undefined;
}
