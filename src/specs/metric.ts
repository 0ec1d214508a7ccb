import { z } from 'zod';
import type { Finding, Unfinished } from './finding.ts';
import { isMapping, judgedBy } from './finding.ts';
import { refusal } from './given.ts';
import { parseMetricBound } from './metric-bound.ts';
import type { MetricKind, MetricSpec } from './metrics.ts';
import { listOf, mapping, text } from './written.ts';

const sides = ['max', 'min'] as const;

const refuseBound = refusal(
  'write a percentage such as 1% for a rate, a duration such as 500ms for a latency',
  'has no sign or unit',
);

const metricSchema = mapping({
  name: text(
    'metrics that exist: error-rate, success-rate, p50 to p99.9',
    /^(?:error-rate|success-rate|p[5-9]\d(?:\.\d)?)$/,
  ).describe('error-rate, success-rate, or a latency quantile from p50 to p99.9.'),
  max: z
    .string({ error: refuseBound })
    .exactOptional()
    .describe('Fails above this: a percentage for rates (1%), a duration for latencies (500ms).'),
  min: z
    .string({ error: refuseBound })
    .exactOptional()
    .describe('Fails below this: a percentage for rates (99%), a duration for latencies (5ms).'),
})
  .check(judgedBy(judgeBounds))
  .transform((written, context): MetricSpec => {
    const metric: MetricSpec = { name: written.name, measure: measureOf(written.name) };
    for (const side of sides) {
      const given = written[side];
      if (given === undefined) continue;
      const bound = parseMetricBound(metric.measure, given);
      if (bound.ok) metric[side] = bound.value;
      else context.addIssue({ code: 'custom', path: [side], message: bound.problem });
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
).describe('What is measured during every hold. Default: error-rate max 1%, p99 max 5000ms.');

/** Metrics that nobody would look at, or that are given twice. */
export function judgeMetrics({ metrics, analysis }: Unfinished): Finding[] {
  if (metrics !== undefined && analysis === 'none') {
    const message = 'given, but analysis is none, so nothing is measured; keep one of them';
    return [{ path: ['metrics'], message }];
  }
  const seen = new Set<string>();
  const counts = isMapping(analysis) && analysis['judge'] === 'sequential';
  return (Array.isArray(metrics) ? metrics : []).flatMap((metric: unknown, index) => {
    const name = isMapping(metric) ? metric['name'] : undefined;
    if (!isMapping(metric) || typeof name !== 'string') return [];
    const uncounted = counts ? uncountedSide(name) : undefined;
    if (uncounted !== undefined && metric[uncounted] !== undefined) {
      const message = `judge: sequential counts bad requests, so ${name} takes no ${uncounted}; leave it out, or write judge: threshold`;
      return [{ path: ['metrics', index, uncounted], message }];
    }
    const message = `${name} is listed already; give it max and min in one place`;
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ path: ['metrics', index, 'name'], message }] : [];
  });
}

function judgeBounds({ name, max, min }: Unfinished): Finding[] {
  if (max !== undefined || min !== undefined) return [];
  const message = `has no bound, so it could never fail; add one, such as ${exampleBound(name)}`;
  return [{ path: [], message }];
}

/** Of the two bounds, the one that says nothing of a request. */
function uncountedSide(name: string): (typeof sides)[number] {
  return name === 'success-rate' ? 'max' : 'min';
}

function exampleBound(name: unknown): string {
  if (name === 'error-rate') return 'max: 1%';
  return name === 'success-rate' ? 'min: 99%' : 'max: 500ms';
}

function measureOf(name: string): MetricKind {
  if (name === 'error-rate' || name === 'success-rate') return { kind: name };
  return { kind: 'latency', quantile: Math.round(Number(name.slice(1)) * 10) / 1000 };
}
