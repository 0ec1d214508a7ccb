import type { HoldProgress, WatchHoldInput } from '../../../contracts/rollouts/hold.ts';
import type { Sample } from '../../../contracts/rollouts/sample.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { Verdict } from '../../../contracts/rollouts/verdict.ts';
import type { JudgeSpec } from '../../../specs/rollouts/judges.ts';
import type { MetricSpec } from '../../../specs/rollouts/metrics.ts';
import { measurementIntervalMs } from '../measurement-interval.ts';
import { continueSample } from './continue-sample.ts';
import { shareOfCourse } from './keep-course.ts';
import { mannWhitneyJudge } from './judge-mann-whitney.ts';
import { thresholdJudge } from './judge-threshold.ts';
import type { MetricJudge } from './metric-judge.ts';
import { sequentialJudge } from './sequential/judge-sequential.ts';
import { trafficBetween } from './traffic-difference.ts';

/** Turns what a hold reads into its verdict, over all its metrics. */
export interface Judge extends MetricJudge {
  /** The metrics with a source of their own that are to be read at this time. */
  due(progress: HoldProgress, nowMs: number): MetricSpec[];
}

interface Judged {
  metric: MetricSpec;
  judge: MetricJudge;
  intervalMs: number;
  /** It is measured less often than the hold is looked at. */
  isSlow: boolean;
}

/**
 * The judges that the spec names, or none. One metric that fails fails the hold; one that cannot be
 * told leaves it inconclusive, and so does a source that stays silent.
 */
export function judgeOf(hold: WatchHoldInput): Judge | undefined {
  const { analysis } = hold;
  if (analysis.mode === 'none') return undefined;
  const judged = analysis.metrics.map((metric) => judgeMetric(metric, analysis, hold));
  const deciding = judged.filter(({ metric }) => !metric.dryRun);

  const soFar = (progress: HoldProgress): Verdict | undefined => {
    const verdicts = deciding.map(({ judge }) => judge.soFar(progress));
    const known = verdicts.filter((verdict) => verdict !== undefined);
    const bad = worstOf(known.filter(({ kind }) => kind === 'fail'));
    if (bad !== undefined) return bad;
    const silent = judgeSilence(progress, deciding, analysis.consecutiveErrorLimit);
    const unclear = worstOf([...silent, ...known.filter(({ kind }) => kind === 'inconclusive')]);
    if (unclear !== undefined) return unclear;
    return known.length > 0 ? passEarly(progress, deciding) : undefined;
  };

  return {
    due: (progress, nowMs) =>
      judged.flatMap((each) => {
        const start = progress.starts?.[each.metric.name] ?? progress.baseline;
        const isDue = start === undefined || isFull(each, start, nowMs);
        return each.metric.source && isDue ? [each.metric] : [];
      }),

    record(progress, before, after) {
      const share = shareOfCourse(judged.length);
      const shared = share === undefined ? progress : { ...progress, keptOfMetric: share };
      const recorded = judged.reduce((sum, each) => recordOne(sum, each, before, after), shared);
      return {
        ...recorded,
        ...countRequests(progress, hold.track, before, after),
        seenMs: (progress.seenMs ?? 0) + after.takenAtMs - before.takenAtMs,
      };
    },

    soFar,

    atDeadline(progress) {
      const verdict =
        soFar(progress) ??
        worstOf(deciding.map(({ judge }) => judge.atDeadline(progress))) ??
        ({ kind: 'pass', reasons: [] } as const);
      const tried = judged.filter(({ metric }) => metric.dryRun).map(describeDryRun(progress));
      return { ...verdict, reasons: [...verdict.reasons, ...tried] };
    },
  };
}

function judgeMetric(metric: MetricSpec, analysis: JudgeSpec, hold: WatchHoldInput): Judged {
  const ownMs = metric.intervalMs ?? hold.intervalMs;
  const intervalMs =
    hold.holdMs > 0 ? measurementIntervalMs(hold.holdMs, { intervalMs: ownMs }) : ownMs;
  const isSlow = intervalMs > hold.intervalMs;
  const subject = { ...hold, intervalMs };
  return { metric, intervalMs, isSlow, judge: judgeBy(metric.judge ?? analysis, metric, subject) };
}

function judgeBy(spec: JudgeSpec, metric: MetricSpec, subject: WatchHoldInput): MetricJudge {
  switch (spec.mode) {
    case 'threshold':
      return thresholdJudge(metric, spec, subject);
    case 'sequential':
      return sequentialJudge(metric, spec, subject);
    case 'mannWhitney':
      return mannWhitneyJudge(metric, spec, subject);
  }
}

/** Looks come a little early or late. */
const fullShare = 0.9;

function isFull({ intervalMs }: Judged, start: Sample, nowMs: number): boolean {
  return nowMs - start.takenAtMs >= fullShare * intervalMs;
}

function recordOne(
  progress: HoldProgress,
  each: Judged,
  before: Sample,
  after: Sample,
): HoldProgress {
  const { metric, judge, isSlow } = each;
  if (!isSlow) return judge.record(progress, before, after);
  const start = progress.starts?.[metric.name] ?? partOf(before, metric);
  const recorded = isFull(each, start, after.takenAtMs)
    ? judge.record(progress, start, after)
    : progress;
  const next = recorded === progress ? start : continueSample(start, partOf(after, metric));
  return { ...recorded, starts: { ...recorded.starts, [metric.name]: next } };
}

/** What this metric needs of a look, so that little rides on heartbeats. */
function partOf({ takenAtMs, traffic, readings }: Sample, { name, source }: MetricSpec): Sample {
  const { [name]: reading } = readings;
  return {
    takenAtMs,
    ...(source === undefined && traffic && { traffic }),
    readings: reading ? { [name]: reading } : {},
  };
}

function countRequests(
  { canaryRequests, canaryErrors }: HoldProgress,
  track: Track,
  before: Sample,
  after: Sample,
): Pick<HoldProgress, 'canaryRequests' | 'canaryErrors'> {
  const served =
    before.traffic && after.traffic && trafficBetween(track, before.traffic, after.traffic);
  if (!served?.known) return { canaryRequests, canaryErrors };
  return {
    canaryRequests: canaryRequests + served.counters.requests,
    canaryErrors: canaryErrors + served.counters.errors,
  };
}

function judgeSilence(
  { consecutiveErrors, lastError, sourceErrors = {} }: HoldProgress,
  deciding: readonly Judged[],
  limit: number,
): Verdict[] {
  const ofTraffic =
    consecutiveErrors > limit
      ? [
          `the metric source did not answer ${inARow(consecutiveErrors)}${lastError === undefined ? '' : `: ${lastError}`}`,
        ]
      : [];
  const ofMetrics = deciding.flatMap(({ metric: { name } }) => {
    const { [name]: errors } = sourceErrors;
    if (errors === undefined || errors.inARow <= limit) return [];
    return [`${name}: its source did not answer ${inARow(errors.inARow)}: ${errors.last}`];
  });
  return [...ofTraffic, ...ofMetrics].map((reason) => ({
    kind: 'inconclusive',
    reasons: [reason],
  }));
}

function inARow(times: number): string {
  return times === 1 ? 'when it was asked' : `${times} times in a row`;
}

/** One that is good before its time ends the hold, if the others would pass at its end as it stands. */
function passEarly(progress: HoldProgress, deciding: readonly Judged[]): Verdict | undefined {
  const verdicts = deciding.map(({ judge }) => judge.soFar(progress) ?? judge.atDeadline(progress));
  const verdict = worstOf(verdicts);
  return verdict?.kind === 'pass' ? verdict : undefined;
}

/** The worst of them, with the reasons of all that are as bad; undefined of none. */
function worstOf(verdicts: readonly Verdict[]): Verdict | undefined {
  const kind = (['fail', 'inconclusive', 'pass'] as const).find((each) =>
    verdicts.some((verdict) => verdict.kind === each),
  );
  if (kind === undefined) return undefined;
  const reasons = verdicts.flatMap((verdict) => (verdict.kind === kind ? verdict.reasons : []));
  return { kind, reasons };
}

function describeDryRun(progress: HoldProgress) {
  return ({ judge }: Judged): string => {
    const { kind, reasons } = judge.soFar(progress) ?? judge.atDeadline(progress);
    return `dry run, would be ${kind}: ${reasons.join('; ')}`;
  };
}
