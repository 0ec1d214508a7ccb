import type { Counts, TrackCounts } from '../../../contracts/evidence.ts';
import type { HoldProgress, HoldWatch } from '../../../contracts/hold.ts';
import type { Track, TrafficSnapshot } from '../../../contracts/traffic.ts';
import type { Measurement, Verdict } from '../../../contracts/verdict.ts';
import type { MetricSpec, SequentialAnalysis } from '../../../specs/metrics.ts';
import type { Judge } from '../judge.ts';
import { keepNewest, tally } from '../progress.ts';
import { trafficBetween } from '../traffic-difference.ts';
import { badRequests, objectiveOf } from './bad-requests.ts';
import { badRate, noCounts } from './counts.ts';
import { describeDecision } from './describe-decision.ts';
import {
  decideAtEnd,
  decideNow,
  noEvidence,
  recordCounts,
  type Decision,
  type SequentialTest,
} from './weigh-evidence.ts';

type Subject = Pick<HoldWatch, 'track' | 'intervalMs' | 'holdMs' | 'tests'>;

/** Of a hold's time so much must have been seen with data for it to pass. */
const leastCovered = 0.8;

/** Holds the canary's bad requests against stable's; what is judged in stable's own place, against the objective. */
export function sequentialJudge(analysis: SequentialAnalysis, subject: Subject): Judge {
  const testOf = (metric: MetricSpec): SequentialTest => ({
    ...analysis,
    alpha: analysis.alpha / subject.tests,
    objective: objectiveOf(metric),
  });
  const evidenceOf = (progress: HoldProgress, { name }: MetricSpec) =>
    progress.evidence?.[name] ?? noEvidence;
  const describe = (progress: HoldProgress, metric: MetricSpec, decision: Decision) =>
    describeDecision(metric, evidenceOf(progress, metric), decision, {
      track: subject.track,
      effect: analysis.effect,
      tests: subject.tests,
    });

  return {
    record(progress, before, after) {
      const intervals = (after.takenAtMs - before.takenAtMs) / subject.intervalMs;
      const judged = trafficBetween(subject.track, before, after);
      const recorded = analysis.metrics.reduce(
        (sum, metric) => recordMetric(sum, metric, { before, after, intervals }),
        progress,
      );
      return {
        ...recorded,
        canaryRequests: progress.canaryRequests + (judged.known ? judged.counters.requests : 0),
        canaryErrors: progress.canaryErrors + (judged.known ? judged.counters.errors : 0),
      };
    },

    soFar(progress) {
      const worse = analysis.metrics.flatMap((metric) => {
        const decision = decideNow(evidenceOf(progress, metric), testOf(metric));
        return decision ? [describe(progress, metric, decision)] : [];
      });
      return worse.length > 0 ? { kind: 'fail', reasons: worse } : undefined;
    },

    atDeadline(progress) {
      const verdicts = analysis.metrics.map((metric) => judgeAtEnd(progress, metric));
      const reasonsOf = (kind: Verdict['kind']) =>
        verdicts.flatMap((verdict) => (verdict.kind === kind ? verdict.reasons : []));
      const kind = (['fail', 'inconclusive', 'pass'] as const).find(
        (each) => reasonsOf(each).length > 0,
      );
      return { kind: kind ?? 'inconclusive', reasons: kind ? reasonsOf(kind) : ['no metrics'] };
    },
  };

  function recordMetric(
    progress: HoldProgress,
    metric: MetricSpec,
    span: { before: TrafficSnapshot; after: TrafficSnapshot; intervals: number },
  ): HoldProgress {
    const { name } = metric;
    const counted = countBoth(metric, subject.track, span.before, span.after);
    const measurement = measurementOf(metric, counted, span.after.takenAtMs);
    const measured = {
      ...progress,
      measurements: keepNewest([...progress.measurements, measurement]),
      tallies: { ...progress.tallies, [name]: tally(progress.tallies[name], measurement.result) },
    };
    if (!counted.known) return measured;
    const evidence = evidenceOf(progress, metric);
    const sinceLast = evidence.sinceLastRequest + span.intervals;
    const isSilent = counted.counts.canary.total === 0;
    const weighed = isSilent ? evidence : recordCounts(evidence, counted.counts, testOf(metric));
    const covered = (progress.coveredIntervals[name] ?? 0) + (isSilent ? 0 : sinceLast);
    return {
      ...measured,
      evidence: {
        ...progress.evidence,
        [name]: { ...weighed, sinceLastRequest: isSilent ? sinceLast : 0 },
      },
      coveredIntervals: { ...progress.coveredIntervals, [name]: covered },
    };
  }

  function judgeAtEnd(progress: HoldProgress, metric: MetricSpec): Verdict {
    const decision = decideAtEnd(evidenceOf(progress, metric), testOf(metric));
    const reason = describe(progress, metric, decision);
    if (decision.kind === 'worse') return { kind: 'fail', reasons: [reason] };
    if (decision.kind !== 'good') return { kind: 'inconclusive', reasons: [reason] };
    const covered = (progress.coveredIntervals[metric.name] ?? 0) * subject.intervalMs;
    if (covered < leastCovered * subject.holdMs) {
      return { kind: 'inconclusive', reasons: [describeGap(metric, progress, covered, subject)] };
    }
    return { kind: 'pass', reasons: [reason] };
  }
}

type Counted = { known: true; counts: TrackCounts } | { known: false; reason: string };

function countBoth(
  metric: MetricSpec,
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): Counted {
  const judged = countTrack(metric, track, before, after);
  if (!judged.known) return judged;
  if (track === 'stable') {
    return { known: true, counts: { canary: judged.counts, stable: noCounts.stable } };
  }
  const stable = countTrack(metric, 'stable', before, after);
  if (!stable.known) return stable;
  return { known: true, counts: { canary: judged.counts, stable: stable.counts } };
}

function countTrack(
  metric: MetricSpec,
  track: Track,
  before: TrafficSnapshot,
  after: TrafficSnapshot,
): { known: true; counts: Counts } | { known: false; reason: string } {
  const difference = trafficBetween(track, before, after);
  return difference.known ? badRequests(metric, difference.counters) : difference;
}

/** An interval decides nothing by itself: it has data or it has none. */
function measurementOf(metric: MetricSpec, counted: Counted, atMs: number): Measurement {
  const measured = { metric: metric.name, atMs };
  if (!counted.known) {
    return { ...measured, requests: 0, result: 'inconclusive', reason: counted.reason };
  }
  const { canary } = counted.counts;
  if (canary.total === 0) {
    const reason = 'the new release received no requests';
    return { ...measured, requests: 0, result: 'inconclusive', reason };
  }
  return { ...measured, requests: canary.total, value: badRate(canary), result: 'pass' };
}

function describeGap(
  { name }: MetricSpec,
  { measurements }: HoldProgress,
  coveredMs: number,
  { holdMs }: Subject,
): string {
  const silent = measurements.findLast(
    ({ metric, result }) => metric === name && result === 'inconclusive',
  );
  const share = Math.round((100 * coveredMs) / holdMs);
  const detail = silent?.reason === undefined ? '' : `: ${silent.reason}`;
  return `${name} had data for ${share} % of the hold, fewer than ${100 * leastCovered} %${detail}`;
}
