import type { WatchHoldInput } from '../../../src/contracts/rollouts/hold.ts';
import type { Sample } from '../../../src/contracts/rollouts/sample.ts';
import {
  SourceError,
  type MetricReader,
  type Reading,
  type ReadSubject,
} from '../../../src/contracts/rollouts/metric-reader.ts';
import type { TrafficSnapshot } from '../../../src/contracts/rollouts/traffic.ts';
import type { MetricSpec } from '../../../src/specs/rollouts/metrics.ts';

export interface TakenSample {
  sample: Sample;
  /** Why the source of the traffic did not answer; absent where it did, or was not asked. */
  trafficError?: string;
  /** What the sources that did not answer said, by metric. */
  errors: Record<string, string>;
}

export interface SampleSources {
  reader: MetricReader;
  /** As the platform itself counts. Throws SourceError. */
  platformTraffic(): Promise<TrafficSnapshot>;
  now(): number;
}

const longestReadMs = 10_000;
const shortestReadMs = 1_000;

/** Reads the traffic, where a metric is made of it, and those metrics that have a source of their own. */
export async function takeSample(
  hold: Pick<WatchHoldInput, 'analysis' | 'ref' | 'version' | 'track' | 'intervalMs'> &
    Pick<ReadSubject, 'replicas'>,
  due: readonly MetricSpec[],
  { reader, platformTraffic, now }: SampleSources,
): Promise<TakenSample> {
  const { analysis, ref, version, track, intervalMs, replicas } = hold;
  if (analysis.mode === 'none') throw new Error('There is nothing to look at');
  const subject: ReadSubject = { ref, version, track, ...(replicas && { replicas }) };
  const timeoutMs = Math.min(longestReadMs, Math.max(shortestReadMs, intervalMs));
  const readTraffic = () =>
    analysis.traffic === undefined
      ? platformTraffic()
      : reader.readTraffic(analysis.traffic, subject, timeoutMs);
  const needsTraffic = analysis.metrics.some(({ source }) => source === undefined);
  const [traffic, ...answers] = await Promise.all([
    needsTraffic ? answerOf(readTraffic()) : undefined,
    ...due.map(({ source }) => source && answerOf(reader.read(source, subject, timeoutMs))),
  ]);
  const readings: Record<string, Reading> = {};
  const errors: Record<string, string> = {};
  for (const [index, { name }] of due.entries()) {
    const answer = answers[index];
    if (answer instanceof SourceError) errors[name] = answer.message;
    else if (answer !== undefined) readings[name] = answer;
  }
  const isSilent = traffic instanceof SourceError;
  return {
    sample: {
      takenAtMs: now(),
      ...(!isSilent && traffic && { traffic }),
      readings,
    },
    ...(isSilent && { trafficError: traffic.message }),
    errors,
  };
}

/** A source that does not answer does not fail the sample. */
async function answerOf<T>(asked: Promise<T>): Promise<T | SourceError> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof SourceError) return error;
    throw error;
  }
}
