import * as z from 'zod';
import { agentName } from '../kernel/agent-name.ts';
import { judgedBy, type Finding, type Unfinished } from '../kernel/finding.ts';
import { refusal } from '../kernel/given.ts';
import type { TrackSource, TrackTest } from './track-source.ts';
import { duration, idPart, mapping, number, share, text } from '../kernel/written.ts';

/** A probe that an agent may ask, as its settings name it. */
export interface AgentProbe {
  agent: string;
  probe: string;
}

/** Where the samples of a metric are from, and what is made of them. */
export type MetricSource =
  /** The share of requests that failed. */
  | { of: 'errors'; probe: AgentProbe }
  /** Of all requests, in milliseconds. */
  | { of: 'latency'; probe: AgentProbe; percentile: number }
  /** A number, by the Prometheus server of the worker. */
  | { of: 'query'; query: string }
  | TrackSource;

/** What a metric has to be, during the fault as well as after it. All that are there must hold. */
export interface MetricLimits {
  atMost?: number;
  atLeast?: number;
  /** Of the value in the steady state. */
  timesSteady?: number;
  /** More than in the steady state; of errors. */
  aboveSteady?: number;
}

export interface HypothesisMetric {
  name: string;
  source: MetricSource;
  limits: MetricLimits;
}

const probeKeys = {
  agent: agentName.describe('Which agent asks: best one of another host than the target.'),
  probe: idPart('probe').describe('A probe of its settings.'),
};

const anyNumber = () => number(-1e15, 1e15);

const testKeys = {
  alpha: share('0.01% to 10%', 0.0001, 0.1)
    .prefault('1%')
    .describe('Highest probability that tracks that do not differ are taken to. Default: 1%.'),
  tolerance: number(1, 100)
    .prefault(1)
    .describe('How many times as bad as the control the experiment may be. Default: 1.'),
  effect: number(1.5, 100)
    .prefault(5)
    .describe(
      'It holds only where a track this many times worse would have been found out. Default: 5.',
    ),
  power: share('50% to 99.9%', 0.5, 0.999)
    .prefault('80%')
    .describe('With which probability it would have been. Default: 80%.'),
};

const metricSchema = mapping(
  {
    errorsOf: mapping(probeKeys)
      .exactOptional()
      .describe('The share of requests of a probe that fail.'),
    latencyOf: mapping({
      ...probeKeys,
      percentile: number(1, 100).prefault(99).describe('Of all requests. Default: 99.'),
    })
      .exactOptional()
      .describe('How long requests of a probe take.'),
    query: text('write a PromQL query that gives one number')
      .exactOptional()
      .describe('A number, asked of the Prometheus server of the worker.'),
    failedAgainstControl: mapping(testKeys)
      .exactOptional()
      .describe('Of target.tracks: requests that fail, of the experiment against the control.'),
    slowAgainstControl: mapping({
      than: duration(1, 60_000).describe('Slow is what takes longer.'),
      ...testKeys,
    })
      .exactOptional()
      .describe('Of target.tracks: requests that are slow, of the experiment against the control.'),
    atMost: z
      .union([z.string(), z.number()], { error: refusal('write 5%, 500ms or a number') })
      .exactOptional()
      .describe('5% of errors, 500ms of latency, a number of a query.'),
    atLeast: anyNumber().exactOptional().describe('Of a query.'),
    timesSteady: number(1, 1_000)
      .exactOptional()
      .describe('At most so many times the steady state; of latency and queries.'),
    aboveSteady: share('0% to 99%', 0, 0.99)
      .exactOptional()
      .describe('At most so much more than the steady state; of errors.'),
  },
  {
    errors: 'write errorsOf: { agent, probe }',
    than: 'write it in slowAgainstControl',
    latency: 'write latencyOf: { agent, probe }',
    prometheus: 'write query',
    percentile: 'write it in latencyOf',
    max: 'write atMost',
    min: 'write atLeast',
  },
)
  .check(judgedBy(judgeMetric))
  .transform((written) => ({ source: sourceOf(written), limits: limitsOf(written) }));

interface WrittenMetric {
  errorsOf?: AgentProbe;
  latencyOf?: AgentProbe & { percentile: number };
  query?: string;
  failedAgainstControl?: TrackTest;
  slowAgainstControl?: TrackTest & { than: number };
  atMost?: string | number;
  atLeast?: number;
  timesSteady?: number;
  aboveSteady?: number;
}

export type MeasuredAs = MetricSource['of'];

const keyOf = {
  ...{ errors: 'errorsOf', latency: 'latencyOf', query: 'query' },
  ...{ failed: 'failedAgainstControl', slow: 'slowAgainstControl' },
} as const satisfies Readonly<Record<MeasuredAs, string>>;
const measures = ['errors', 'latency', 'query', 'failed', 'slow'] as const;

/** What a metric as it was written measures; undefined where that is not clear. */
export function measureOf(given: Unfinished): MeasuredAs | undefined {
  const found = measures.filter((measure) => given[keyOf[measure]] !== undefined);
  return found.length === 1 ? found[0] : undefined;
}

const shareOfRequests = {
  schema: share('0% to 99%', 0, 0.99),
  needs: 'a share of requests, such as 5%',
};

const valueOf = {
  errors: { schema: share('0% to 99%', 0, 0.99), needs: 'a share of errors, such as 5%' },
  latency: { schema: duration(1, 600_000), needs: 'a duration, such as 500ms' },
  query: { schema: anyNumber(), needs: 'a number' },
  failed: shareOfRequests,
  slow: shareOfRequests,
} as const;

/** A limit in the unit of its measure, or the reason why the written value is not a valid limit. */
export function readLimit(
  measure: MeasuredAs,
  written: unknown,
): { value: number } | { problem: string } {
  const { schema, needs } = valueOf[measure];
  const parsed = schema.safeParse(written);
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { problem: `${issue?.message ?? 'is not accepted'} (of ${measure}: ${needs})` };
}

const limitsFor: Readonly<Record<MeasuredAs, readonly string[]>> = {
  errors: ['atMost', 'aboveSteady'],
  latency: ['atMost', 'timesSteady'],
  query: ['atMost', 'atLeast', 'timesSteady'],
  failed: ['atMost'],
  slow: ['atMost'],
};

function judgeMetric(given: Unfinished): Finding[] {
  const measure = measureOf(given);
  if (measure === undefined) {
    const found = measures.map((each) => keyOf[each]).filter((key) => given[key] !== undefined);
    const said = found.length === 0 ? 'measures nothing' : `has ${found.join(' and ')}`;
    return [
      {
        path: [],
        message: `${said}; write one of ${measures.map((each) => keyOf[each]).join(', ')}`,
      },
    ];
  }
  const limits = ['atMost', 'atLeast', 'timesSteady', 'aboveSteady'];
  const written = limits.filter((key) => given[key] !== undefined);
  const foreign = written.filter((key) => !limitsFor[measure].includes(key));
  const read = given['atMost'] === undefined ? undefined : readLimit(measure, given['atMost']);
  return [
    ...foreign.map((key) => ({
      path: [key],
      message: `is no limit of ${measure}; write ${limitsFor[measure].join(' or ')}`,
    })),
    ...(read !== undefined && 'problem' in read
      ? [{ path: ['atMost'], message: read.problem }]
      : []),
    ...(measure === 'query' && written.length === 0
      ? [
          {
            path: [],
            message: 'can never fail: it has no limit; write atMost, atLeast or timesSteady',
          },
        ]
      : []),
  ];
}

function sourceOf({ errorsOf, latencyOf, query = '', ...tracks }: WrittenMetric): MetricSource {
  const { failedAgainstControl, slowAgainstControl } = tracks;
  if (failedAgainstControl !== undefined) return { of: 'failed', test: failedAgainstControl };
  if (slowAgainstControl !== undefined) {
    const { than: thanMs, ...test } = slowAgainstControl;
    return { of: 'slow', thanMs, test };
  }
  if (errorsOf !== undefined) return { of: 'errors', probe: errorsOf };
  if (latencyOf === undefined) return { of: 'query', query };
  const { percentile, ...probe } = latencyOf;
  return { of: 'latency', probe, percentile };
}

/** Where nothing is written: 10 points more errors, twice the latency, and 1% of the requests of a track. */
const usual: Readonly<Record<MeasuredAs, MetricLimits>> = {
  errors: { aboveSteady: 0.1 },
  latency: { timesSteady: 2 },
  query: {},
  failed: { atMost: 0.01 },
  slow: { atMost: 0.01 },
};

function limitsOf(written: WrittenMetric): MetricLimits {
  const { atMost, atLeast, timesSteady, aboveSteady } = written;
  const measure = measureOf({ ...written }) ?? 'query';
  const read = atMost === undefined ? undefined : readLimit(measure, atMost);
  const limits: MetricLimits = {
    ...(read !== undefined && 'value' in read && { atMost: read.value }),
    ...(atLeast !== undefined && { atLeast }),
    ...(timesSteady !== undefined && { timesSteady }),
    ...(aboveSteady !== undefined && { aboveSteady }),
  };
  return Object.keys(limits).length > 0 ? limits : usual[measure];
}

export const hypothesisSchema = z
  .record(idPart('metric'), metricSchema, {
    error: refusal('write a mapping of names to metrics'),
  })
  .refine((all) => Object.keys(all).length > 0, {
    error: 'is empty, and can never fail; write at least one metric',
  })
  .refine((all) => Object.keys(all).length <= 10, { error: 'has too many metrics; at most 10' })
  .transform((all) =>
    Object.entries(all).map(([name, metric]): HypothesisMetric => ({ name, ...metric })),
  );
