import * as z from 'zod';
import { isMapping } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import {
  alphaKey,
  defaultJudge,
  judgeNames,
  judges,
  keysOfOthers,
  mannWhitneyKeys,
  resolveJudge,
  sequentialKeys,
  thresholdKeys,
  type JudgeSpec,
} from './judges.ts';
import { offerKnown } from '../kernel/known-keys.ts';
import type { TrafficSource } from './metric-source.ts';
import { defaultMetrics, resolveMetric, type MetricSpec, type WrittenMetric } from './metrics.ts';
import { trafficSchema } from './traffic.ts';
import { duration, mapping, wholeNumber } from '../kernel/written.ts';

/** What a hold measures, and how it is judged. */
export type AnalysisSpec = { mode: 'none' } | (MeasuredAnalysis & JudgeSpec);

export interface MeasuredAnalysis {
  metrics: MetricSpec[];
  /** Where the request counts come from; absent: the platform's own counters. */
  traffic?: TrafficSource;
  /** Longest time between two measurements; the actual one is min(this, hold / 5). */
  intervalMs: number;
  /** Where no interval is written: a long hold is measured less often, and never more often than this. */
  leastIntervalMs?: number;
  /** More consecutive errors of a source than this make the hold inconclusive. */
  consecutiveErrorLimit: number;
}

const longestIntervalMs = 60_000;
const leastIntervalMs = 2_000;

const interval = (usual: string) =>
  duration(100).describe(
    `Longest time between two measurements, or a fifth of the hold if that is shorter. Default: ${usual}.`,
  );

/** Where the request counts come from, and how many errors of a source are tolerated. */
function sourceKeys(errors: number) {
  return {
    consecutiveErrorLimit: wholeNumber(0, 10_000)
      .prefault(errors)
      .describe(
        `Number of consecutive errors of a metric source that are tolerated. Default: ${errors}.`,
      ),
    traffic: trafficSchema.exactOptional(),
  };
}

const sequentialSchema = mapping(
  {
    judge: z.literal('sequential').prefault('sequential').describe(judges.sequential),
    interval: interval('a 300th of the hold, 2s to 1m').exactOptional(),
    ...sourceKeys(14),
    ...alphaKey,
    ...sequentialKeys,
  },
  keysOfOthers('sequential', 'judge'),
);

function thresholdSchema(usual: string) {
  return mapping(
    {
      judge: z.literal('threshold').prefault('threshold').describe(judges.threshold),
      interval: interval(usual).prefault(usual),
      ...sourceKeys(4),
      ...thresholdKeys,
    },
    keysOfOthers('threshold', 'judge'),
  );
}

function mannWhitneySchema(usual: string) {
  return mapping(
    {
      judge: z.literal('mannWhitney').prefault('mannWhitney').describe(judges.mannWhitney),
      interval: interval(usual).prefault(usual),
      ...sourceKeys(4),
      ...alphaKey,
      ...mannWhitneyKeys,
    },
    keysOfOthers('mannWhitney', 'judge'),
  );
}

/** How metrics are judged; the argument is the default interval of the threshold and mannWhitney judges. */
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
      'How metrics are judged: sequential, unless a key of another judge is given. With none, holds pass when their time is over.',
    );
}

function nameJudge(written: unknown): unknown {
  if (!isMapping(written) || written['judge'] !== undefined) return written;
  return { judge: defaultJudge(written), ...written };
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
  const { interval: writtenMs, consecutiveErrorLimit, traffic, ...judged } = written;
  const analysis = resolveJudge(judged);
  return {
    metrics: metrics.map((metric) => resolveMetric(metric, analysis)),
    ...(writtenMs === undefined
      ? { intervalMs: longestIntervalMs, leastIntervalMs }
      : { intervalMs: writtenMs }),
    consecutiveErrorLimit,
    ...(traffic && { traffic }),
    ...analysis,
  };
}
