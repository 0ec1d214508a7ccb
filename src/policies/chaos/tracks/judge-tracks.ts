import type { MetricVerdict } from '../../../contracts/chaos/details.ts';
import type { Sample } from '../../../contracts/chaos/observation.ts';
import type { Counts, Evidence, TrackCounts } from '../../../contracts/kernel/counted-evidence.ts';
import type { MetricLimits } from '../../../specs/chaos/metric.ts';
import type { TrackSource } from '../../../specs/chaos/track-source.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { grouped, onceIn, percent } from '../../kernel/figures-in-words.ts';
import { addCounts, badRate } from '../../kernel/sequential/counts.ts';
import {
  decideAtEnd,
  decideNow,
  noEvidence,
  recordCounts,
  type Decision,
  type SequentialTest,
} from '../../kernel/sequential/weigh-evidence.ts';
import { countedBetween, type Counted } from './counted.ts';

export interface TrackMetric {
  name: string;
  source: TrackSource;
  limits: MetricLimits;
}

/** Of no track can it be shown that it is better. */
const strictestObjective = 1e-6;

/** The test of one metric, which shares its alpha with the others. */
export function testOf({ source, limits }: TrackMetric, tests: number): SequentialTest {
  const { alpha, ...asked } = source.test;
  const objective = Math.max(strictestObjective, limits.atMost ?? 0);
  return { ...asked, alpha: alpha / tests, objective, bursts: false };
}

/** Whether the experiment has been shown to be worse; may be asked after every sample. */
export function isWorse(metric: TrackMetric, samples: readonly Sample[], tests: number): boolean {
  const test = testOf(metric, tests);
  const { intervals, hasFallen } = countedBetween(samples);
  return !hasFallen && decideNow(weigh(intervals, test), test) !== undefined;
}

interface Judging {
  isSteady: boolean;
  tests: number;
  /** As runs of an earlier version weigh requests that hang: in one sum with all that were counted. */
  weighsSums?: boolean;
}

/**
 * Whether the experiment is no worse than the control; with `isSteady`, before there is a fault,
 * whether neither is worse than the other. It holds only where a difference would have been found.
 */
export function judgeTracks(
  metric: TrackMetric,
  samples: readonly Sample[],
  { isSteady, tests, weighsSums = false }: Judging,
): Pick<MetricVerdict, 'state' | 'reason'> {
  const counted = countedBetween(samples);
  if (counted.hasFallen) {
    return { state: 'no-data', reason: 'what the tracks have counted fell: they were replaced' };
  }
  const said = describeCounts(metric, counted.counts);
  const test = testOf(metric, isSteady ? 2 * tests : tests);
  const { state, why } = isSteady
    ? judgeSteady(counted.intervals, test)
    : judgeAgainstControl(counted.intervals, test);
  const supposed = weighsSums
    ? [addCounts(counted.counts, counted.pending)]
    : [...counted.intervals, hangingAsBad(counted)];
  if (state === 'holds' && isOpen(counted, { supposed, test, isSteady })) {
    return { state: 'no-data', reason: `${said}; ${describePending(counted.pending)}` };
  }
  return { state, reason: `${said}; ${why}` };
}

interface Judged {
  state: MetricVerdict['state'];
  why: string;
}

function judgeAgainstControl(intervals: readonly TrackCounts[], test: SequentialTest): Judged {
  const decision = decideAtEnd(weigh(intervals, test), test);
  return { state: stateOf(decision), why: explain(decision, test) };
}

function judgeSteady(intervals: readonly TrackCounts[], test: SequentialTest): Judged {
  const decisions = [intervals, intervals.map(swapped)].map((each) =>
    decideAtEnd(weigh(each, test), test),
  );
  const found = decisions.find(({ kind }) => kind !== 'good') ?? decisions[0];
  if (found === undefined || found.kind === 'good') {
    return { state: 'holds', why: 'the tracks do not differ' };
  }
  if (found.kind === 'worse') {
    const chance = onceIn(found.chance);
    const why = `the tracks differ without a fault, which would happen by chance ${chance}`;
    return { state: 'fails', why };
  }
  const isOff = found.kind === 'off-objective';
  return { state: isOff ? 'fails' : stateOf(found), why: explain(found, test) };
}

interface Supposed {
  supposed: readonly TrackCounts[];
  test: SequentialTest;
  isSteady: boolean;
}

/** Whether the requests that hang could still decide: if all of them are bad, or if they are the most. */
function isOpen({ counts, pending }: Counted, { supposed, test, isSteady }: Supposed): boolean {
  const tested = isSteady ? [supposed, supposed.map(swapped)] : [supposed];
  return (
    tested.some((each) => decideNow(weigh(each, test), test) !== undefined) ||
    (['canary', 'stable'] as const).some((track) => pending[track].total > counts[track].total)
  );
}

/** They are of the whole window, and so is the share of its requests that each track got. */
function hangingAsBad({ counts, pending }: Counted): TrackCounts {
  const of = (track: keyof TrackCounts): Counts => ({
    total: counts[track].total + pending[track].total,
    bad: pending[track].total,
  });
  return { canary: of('canary'), stable: of('stable') };
}

function weigh(intervals: readonly TrackCounts[], test: SequentialTest): Evidence {
  return intervals.reduce<Evidence>(
    (evidence, interval) => recordCounts(evidence, interval, test),
    noEvidence,
  );
}

function swapped({ canary, stable }: TrackCounts): TrackCounts {
  return { canary: stable, stable: canary };
}

function stateOf(decision: Decision): MetricVerdict['state'] {
  switch (decision.kind) {
    case 'good':
    case 'mends-stable':
      return 'holds';
    case 'worse':
      return 'fails';
    case 'too-little':
      return 'no-data';
    case 'off-objective':
      // Where the control is off, too, the fault is not to blame, and nothing can be said of it.
      return decision.stableToo ? 'no-data' : 'fails';
  }
}

function describeCounts({ source }: TrackMetric, { canary, stable }: TrackCounts): string {
  const how =
    source.of === 'failed' ? 'failed' : `took longer than ${formatDuration(source.thanMs)}`;
  const share = (counts: Counts) => `${percent(badRate(counts))} of ${grouped(counts.total)}`;
  return `experiment ${share(canary)} ${how}, control ${share(stable)}`;
}

function describePending({ canary, stable }: TrackCounts): string {
  return `nobody has answered ${grouped(canary.total)} more of the experiment and ${grouped(stable.total)} of the control`;
}

function explain(decision: Decision, { effect, objective }: SequentialTest): string {
  switch (decision.kind) {
    case 'worse':
      return `tracks that do not differ would show this by chance ${onceIn(decision.chance)}`;
    case 'good':
    case 'mends-stable':
      return 'no worse';
    case 'too-little':
      return `too few requests: a track ${effect} times as bad would have been noticed with only ${percent(decision.power)} certainty`;
    case 'off-objective':
      return decision.stableToo
        ? `both are above ${percent(objective)}`
        : `that is above ${percent(objective)}`;
  }
}
