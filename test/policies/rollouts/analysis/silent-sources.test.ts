import { expect, test } from 'vitest';
import type { MetricSpec } from '../../../../src/specs/rollouts/metrics.ts';
import { describeSilentSources } from '../../../../src/policies/rollouts/analysis/silent-sources.ts';
import { counters, sampleOf, snapshot } from './traffic.ts';

const errorRate: MetricSpec = { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 };
const p99: MetricSpec = { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 50 };
const queue: MetricSpec = {
  name: 'queue',
  measure: { kind: 'value' },
  max: 1,
  source: { kind: 'prometheus-value', query: 'queue' },
};
const traffic = snapshot(counters(0), { stable: counters(0) });
const value = { queue: { kind: 'value', values: { stable: 1 } } } as const;

test('sources that answer are not told of, also where nobody has asked the service yet', () => {
  const sample = sampleOf({ traffic, readings: value });
  expect(describeSilentSources([errorRate, p99, queue], { sample, errors: {} })).toEqual([]);
});

test('requests that are counted under another name are told of once, before the first stage', () => {
  const absent = { stable: 'pod a has no http_requests_total, found grpc_requests' };
  const sample = sampleOf({ traffic: { ...traffic, absent }, readings: value });
  expect(describeSilentSources([errorRate, p99, queue], { sample, errors: {} })).toEqual([
    `no data for the requests of stable yet: ${absent.stable}`,
  ]);
});

test('so are sources that do not answer, and those that have nothing', () => {
  const silent = { sample: sampleOf({}), trafficError: 'no answer', errors: { queue: 'refused' } };
  expect(describeSilentSources([errorRate, queue], silent)).toEqual([
    'no data for the requests of stable yet: no answer',
    'no data for the queue of stable yet: refused',
  ]);
  const readings = { queue: { kind: 'nothing', reason: 'the query returns no series' } } as const;
  expect(describeSilentSources([queue], { sample: sampleOf({ readings }), errors: {} })).toEqual([
    'no data for the queue of stable yet: the query returns no series',
  ]);
});
