import type { MetricVerdict } from '../../contracts/chaos/details.ts';
import type { Sample, Samples } from '../../contracts/chaos/observation.ts';
import type { HypothesisMetric, MetricLimits } from '../../specs/chaos/metric.ts';
import { isTrackSource } from '../../specs/chaos/track-source.ts';
import { extremes, measure, showValue, slowestAnswerMs } from './measure.ts';
import { describeGone } from './tracks/judge-track-fault.ts';
import { judgeTracks } from './tracks/judge-tracks.ts';

/** Of the samples that a window should have; below that, they say nothing. */
const leastCoverage = 0.8;
const leastSamples = 5;
/** Of the requests in a window: where more are still pending, nothing holds yet. */
const leastSettled = 0.5;

export interface Window {
  samples: Samples;
  lengthMs: number;
  everyMs: number;
  /** As runs of an earlier version weigh the requests of two tracks that hang. */
  weighsSums?: boolean;
}

/** Values of the steady state, by the names of metrics. */
export type Baseline = Readonly<Record<string, number>>;

/**
 * Whether each metric of the hypothesis holds in a window. Without a baseline, the window is the steady
 * state itself: nothing is compared with it, but a limit that it leaves no room to exceed fails. Missing
 * data never holds.
 */
export function judgeWindow(
  hypothesis: readonly HypothesisMetric[],
  window: Window,
  baseline?: Baseline,
): MetricVerdict[] {
  const comparing = hypothesis.filter(({ source }) => isTrackSource(source)).length;
  return hypothesis.map((metric) => judgeMetric(metric, { ...window, comparing }, baseline));
}

/** What later windows are compared with. */
export function baselineOf(
  hypothesis: readonly HypothesisMetric[],
  samples: Samples,
): Record<string, number> {
  return Object.fromEntries(
    hypothesis.flatMap(({ name, source }) => {
      const { value } = measure(source, samples[name] ?? []);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function judgeMetric(
  { name, source, limits }: HypothesisMetric,
  { samples, lengthMs, everyMs, weighsSums = false, comparing }: Window & { comparing: number },
  baseline: Baseline | undefined,
): MetricVerdict {
  const own: readonly Sample[] = samples[name] ?? [];
  const due = lengthMs / everyMs - stillDue(own, lengthMs);
  const needed = Math.max(leastSamples, Math.floor(leastCoverage * due));
  const found = extremes(source, own);
  const { value, sampled, settled, failed } = measure(source, own);
  const verdict = { name, samples: sampled, ...(value !== undefined && { value }) };
  const compared = isTrackSource(source)
    ? judgeTracks({ name, source, limits }, own, {
        isSteady: baseline === undefined,
        tests: comparing,
        weighsSums,
      })
    : undefined;
  // What has been shown is shown, however soon.
  if (compared?.state === 'fails') return { ...verdict, ...compared };
  const gone = own.find(({ areGone }) => areGone);
  if (gone !== undefined) {
    return { ...verdict, state: 'no-data', reason: describeGone(gone.goneBecause) };
  }
  if (sampled < needed) {
    const few = `${sampled} of at least ${needed} samples`;
    const missing = source.of === 'latency' && failed > 0 ? `; ${requests(failed)} failed` : '';
    return { ...verdict, state: 'no-data', reason: `${few}${missing}` };
  }
  if (compared !== undefined) return { ...verdict, ...compared };
  const show = (number: number) => showValue(source.of, number);
  const steady = baseline?.[name];
  const { atMost, atLeast, timesSteady, aboveSteady } = limits;
  const comparesWithSteady = timesSteady !== undefined || aboveSteady !== undefined;
  if (baseline !== undefined && comparesWithSteady && steady === undefined) {
    return { ...verdict, state: 'no-data', reason: 'there is no steady state to compare with' };
  }
  const upper = [
    ...(atMost === undefined ? [] : [{ limit: atMost, said: show(atMost) }]),
    ...(timesSteady === undefined || steady === undefined
      ? []
      : [{ limit: timesSteady * steady, said: `${timesSteady} times ${show(steady)}` }]),
    ...(aboveSteady === undefined || steady === undefined
      ? []
      : [{ limit: aboveSteady + steady, said: `${show(steady)} and ${show(aboveSteady)} more` }]),
  ];
  const problems = [
    ...upper
      .filter(({ limit }) => found !== undefined && found.highest > limit)
      .map(({ said }) => `${show(found?.highest ?? 0)} is above ${said}`),
    ...(atLeast !== undefined && found !== undefined && found.lowest < atLeast
      ? [`${show(found.lowest)} is below ${show(atLeast)}`]
      : []),
    ...(baseline === undefined ? refuseSteady(limits, value) : []),
  ];
  if (problems.length > 0) return { ...verdict, state: 'fails', reason: problems.join(', ') };
  if (found === undefined || settled < leastSettled * sampled) {
    const were = settled === 1 ? 'was' : 'were';
    const reason = `only ${settled} of ${requests(sampled)} ${were} answered`;
    return { ...verdict, state: 'no-data', reason };
  }
  const held = [
    ...upper.map(({ said }) => `at most ${said}`),
    ...(atLeast === undefined ? [] : [`at least ${show(atLeast)}`]),
  ];
  const kept = held.length === 0 ? '' : `, ${held.join(', ')}`;
  return { ...verdict, state: 'holds', reason: `${show(value ?? found.highest)}${kept}` };
}

/** A steady state from which errors cannot rise above their limit proves nothing. */
function refuseSteady({ atMost, aboveSteady }: MetricLimits, value = 0): string[] {
  if (atMost !== undefined || aboveSteady === undefined || value + aboveSteady < 1) return [];
  const [failing, more] = [showValue('errors', value), showValue('errors', aboveSteady)];
  return [`${failing} fail without a fault, and ${more} more can never be exceeded`];
}

function requests(count: number): string {
  return `${count} ${count === 1 ? 'request' : 'requests'}`;
}

/**
 * How many queries are pending for no longer than one that was answered took, so that they are not missing
 * yet. No more than were answered: one that was slow does not excuse all that hang.
 */
function stillDue(samples: readonly Sample[], lengthMs: number): number {
  const slowestMs = slowestAnswerMs(samples);
  const young = samples.filter(
    ({ afterMs, unanswered, value }) =>
      unanswered && value === undefined && lengthMs - afterMs <= slowestMs,
  );
  const answered = samples.filter(({ value }) => value !== undefined);
  return Math.min(young.length, answered.length);
}
