import { z } from 'zod';
import { isMapping } from './finding.ts';
import { refusal } from './given.ts';
import {
  alphaKey,
  judgeMeant,
  judgeNames,
  judges,
  keysOfOthers,
  mannWhitneyKeys,
  resolveJudge,
  sequentialKeys,
  thresholdKeys,
  type JudgeSpec,
} from './judges.ts';
import { offerKnown } from './known-keys.ts';
import type { TrafficSource } from './metric-source.ts';
import { defaultMetrics, resolveMetric, type MetricSpec, type WrittenMetric } from './metrics.ts';
import { trafficSchema } from './traffic.ts';
import { duration, mapping, wholeNumber } from './written.ts';

/** What the watch of a hold measures, and how it judges. */
export type AnalysisSpec = { mode: 'none' } | (MeasuredAnalysis & JudgeSpec);

export interface MeasuredAnalysis {
  metrics: MetricSpec[];
  /** Who has counted the requests; absent: what the platform itself counts. */
  traffic?: TrafficSource;
  /** Longest time between two measurements; the actual one is min(this, hold / 5). */
  intervalMs: number;
  /** More errors of a source in a row than this make the hold inconclusive. */
  consecutiveErrorLimit: number;
}

/** How often a source is asked, and how often in vain. */
function measuringKeys(interval: string, errors: number) {
  return {
    interval: duration(100)
      .prefault(interval)
      .describe(
        `Longest time between two measurements; a fifth of the hold if shorter. Default: ${interval}.`,
      ),
    consecutiveErrorLimit: wholeNumber(0, 10_000)
      .prefault(errors)
      .describe(`Errors in a row of a source of metrics that are forgiven. Default: ${errors}.`),
    traffic: trafficSchema.exactOptional(),
  };
}

const sequentialSchema = mapping(
  {
    judge: z.literal('sequential').prefault('sequential').describe(judges.sequential),
    ...measuringKeys('2s', 14),
    ...alphaKey,
    ...sequentialKeys,
  },
  keysOfOthers('sequential', 'judge'),
);

function thresholdSchema(interval: string) {
  return mapping(
    {
      judge: z.literal('threshold').prefault('threshold').describe(judges.threshold),
      ...measuringKeys(interval, 4),
      ...thresholdKeys,
    },
    keysOfOthers('threshold', 'judge'),
  );
}

function mannWhitneySchema(interval: string) {
  return mapping(
    {
      judge: z.literal('mannWhitney').prefault('mannWhitney').describe(judges.mannWhitney),
      ...measuringKeys(interval, 4),
      ...alphaKey,
      ...mannWhitneyKeys,
    },
    keysOfOthers('mannWhitney', 'judge'),
  );
}

/** How metrics are judged, with this as the longest time between two thresholds' measurements unless one is written. */
export function analysisSchema(defaultInterval: string) {
  const byJudge = z.discriminatedUnion(
    'judge',
    [sequentialSchema, thresholdSchema(defaultInterval), mannWhitneySchema(defaultInterval)],
    { error: refuseAnalysis },
  );
  return z
    .union([z.literal('none'), z.preprocess(nameJudge, byJudge)], { error: refuseAnalysis })
    .prefault({})
    .describe(
      'How metrics are judged: sequential, unless a key of another judge is written; none: holds pass by time alone.',
    );
}

function nameJudge(written: unknown): unknown {
  if (!isMapping(written) || written['judge'] !== undefined) return written;
  return { judge: judgeMeant(written), ...written };
}

function refuseAnalysis({ input }: { input?: unknown }): string {
  const judge = isMapping(input) ? input['judge'] : undefined;
  return judge === undefined
    ? refusal('write none, or a mapping such as { interval: 1m, count: 5 }')({ input })
    : refusal(offerKnown(judge, judgeNames, 'judges that exist'))({ input: judge });
}

export function resolveAnalysis(
  written: z.output<ReturnType<typeof analysisSchema>>,
  metrics: WrittenMetric[] = defaultMetrics,
): AnalysisSpec {
  if (written === 'none') return { mode: 'none' };
  const { interval: intervalMs, consecutiveErrorLimit, traffic, ...judged } = written;
  const analysis = resolveJudge(judged);
  return {
    metrics: metrics.map((metric) => resolveMetric(metric, analysis)),
    intervalMs,
    consecutiveErrorLimit,
    ...(traffic && { traffic }),
    ...analysis,
  };
}
