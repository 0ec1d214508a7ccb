import * as z from 'zod';
import type { Finding, Unfinished } from '../kernel/finding.ts';
import { isMapping, judgedBy } from '../kernel/finding.ts';
import { refusal, showGiven } from '../kernel/given.ts';
import { parseMetricBound } from './metric-bound.ts';
import { metricJudgeSchema } from './metric-judge.ts';
import { resolveSource, sourceKeys } from './metric-sources.ts';
import { isCounted, type MetricKind, type WrittenMetric } from './metrics.ts';
import { duration, flag, listOf, mapping, text } from '../kernel/written.ts';

const sides = ['max', 'min'] as const;
const sources = ['prometheus', 'http', 'replicas'] as const;
const ofTraffic = /^(?:error-rate|success-rate|p[5-9]\d(?:\.\d)?)$/;

const refuseBound = refusal(
  'write a percentage such as 1% for a rate, a duration such as 500ms for a latency, a number for what has a source of its own',
  'has no sign or unit',
);

const bound = () => z.union([z.string(), z.number()], { error: refuseBound }).exactOptional();

const metricSchema = mapping({
  name: text(
    'write a name of letters, digits, ".", "_" and "-"',
    /^[A-Za-z][\w.-]{0,62}$/,
  ).describe(
    'error-rate, success-rate, or a latency quantile from p50 to p99.9; any other name if the metric has its own source.',
  ),
  ...sourceKeys,
  max: bound().describe(
    'Fails above this: a percentage for rates (1%), a duration for latencies (500ms), a number for other values.',
  ),
  min: bound().describe(
    'Fails below this: a percentage for rates (99%), a duration for latencies (5ms), a number for other values.',
  ),
  interval: duration(100)
    .exactOptional()
    .describe(
      'Longest time between two measurements. Default: the interval of the analysis, or 1m for values.',
    ),
  judge: metricJudgeSchema.exactOptional(),
  dryRun: flag()
    .exactOptional()
    .describe('Judges and reports the metric, but does not let it decide. Default: false.'),
})
  .check(judgedBy(judgeName), judgedBy(judgeBounds))
  .transform((written, context): WrittenMetric => {
    const { name, interval, judge, dryRun } = written;
    const source = resolveSource(written);
    const metric: WrittenMetric = {
      name,
      measure: measureOf(written),
      ...(source && { source }),
      ...(interval !== undefined && { intervalMs: interval }),
      ...(judge && { judge }),
      ...(dryRun && { dryRun }),
    };
    for (const side of sides) {
      const given = written[side];
      if (given === undefined) continue;
      const parsed = parseMetricBound(metric.measure, given);
      if (parsed.ok) metric[side] = parsed.value;
      else context.addIssue({ code: 'custom', path: [side], message: parsed.problem });
    }
    if (metric.max !== undefined && metric.min !== undefined && metric.min > metric.max) {
      const message = `${written.min} is above max (${written.max}), so it could never pass`;
      context.addIssue({ code: 'custom', path: ['min'], message });
    }
    return metric;
  });

export const metricsSchema = listOf(
  metricSchema,
  'write at least one metric, leave metrics out for the default ones, or write analysis: none',
).describe('Metrics to measure during every hold. Default: error-rate max 1%, p99 max 5000ms.');

/** Metrics that would be ignored, that are given twice, or that their judge cannot use. */
export function judgeMetrics({ metrics, analysis }: Unfinished): Finding[] {
  if (metrics !== undefined && analysis === 'none') {
    const message = 'given, but analysis is none, so nothing is measured; keep one of them';
    return [{ path: ['metrics'], message }];
  }
  if (Array.isArray(metrics) && metrics.length > 0 && metrics.every(isDryRun)) {
    const message =
      'all are dry runs, so nothing would decide; let one decide, or write analysis: none';
    return [{ path: ['metrics'], message }];
  }
  const seen = new Set<string>();
  return (Array.isArray(metrics) ? metrics : []).flatMap((metric: unknown, index) => {
    const name = isMapping(metric) ? metric['name'] : undefined;
    if (!isMapping(metric) || typeof name !== 'string') return [];
    if (seen.has(name)) {
      const message = `${name} is listed already; give it max and min in one place`;
      return [{ path: ['metrics', index, 'name'], message }];
    }
    seen.add(name);
    const message = refuseUncounted(metric, name);
    return message === undefined ? [] : [{ path: ['metrics', index, 'judge'], message }];
  });
}

function isDryRun(metric: unknown): boolean {
  return isMapping(metric) && metric['dryRun'] === true;
}

/** Only requests that are good or bad can be counted. */
function refuseUncounted(metric: Unfinished, name: string): string | undefined {
  const { judge, measure } = metric as Unfinished & Partial<WrittenMetric>;
  if (judge?.judge !== 'sequential' || !isMapping(measure)) return undefined;
  if (isCounted(metric as unknown as WrittenMetric)) return undefined;
  return `sequential counts bad requests, and ${name} ${whyUncounted(metric as unknown as WrittenMetric)}; write threshold or mannWhitney, or leave it out`;
}

function whyUncounted({ name, measure }: WrittenMetric): string {
  if (measure.kind === 'value') return 'is a number that is no count of them';
  return `takes no ${name === 'success-rate' ? 'max' : 'min'} then`;
}

/** What is not told by the name alone must say where it comes from, and the other way round. */
function judgeName(metric: Unfinished): Finding[] {
  const { name } = metric;
  if (typeof name !== 'string') return [];
  const given = sources.filter((key) => metric[key] !== undefined);
  if (given.length > 1) {
    return [{ path: [], message: `${given.join(' and ')} are given together; keep one source` }];
  }
  if (given.length === 0 && !ofTraffic.test(name)) {
    const message = `${showGiven(name)} is not measured by itself; metrics that are: error-rate, success-rate, p50 to p99.9; any other needs a source: ${sources.join(', ')}`;
    return [{ path: ['name'], message }];
  }
  if (given.length === 1 && ofTraffic.test(name)) {
    const message = `${name} is measured by itself; give what comes from ${given[0] ?? ''} another name`;
    return [{ path: ['name'], message }];
  }
  return [];
}

function judgeBounds({ name, max, min, judge }: Unfinished): Finding[] {
  const needsNone = isMapping(judge) && judge['judge'] === 'mannWhitney';
  if (max !== undefined || min !== undefined || needsNone) return [];
  const message = `has no bound, so it could never fail; add one, such as ${exampleBound(name)}`;
  return [{ path: [], message }];
}

function exampleBound(name: unknown): string {
  if (name === 'error-rate') return 'max: 1%';
  if (name === 'success-rate') return 'min: 99%';
  return typeof name === 'string' && ofTraffic.test(name) ? 'max: 500ms' : 'max: 100';
}

function measureOf({
  name,
  prometheus,
  http,
  replicas,
}: {
  name: string;
  prometheus?: { query?: string };
  http?: unknown;
  replicas?: unknown;
}): MetricKind {
  if (prometheus !== undefined && prometheus.query === undefined) return { kind: 'bad-share' };
  if (prometheus !== undefined || http !== undefined || replicas !== undefined) {
    return { kind: 'value' };
  }
  if (name === 'error-rate' || name === 'success-rate') return { kind: name };
  return { kind: 'latency', quantile: Math.round(Number(name.slice(1)) * 10) / 1000 };
}
