import { expect, it } from 'vitest';
import { formatMeasured, metricNamed } from '../../../src/render/rollouts/measured.ts';
import type { MetricSpec } from '../../../src/specs/rollouts/metrics.ts';

const queue: MetricSpec = { name: 'queue', measure: { kind: 'value' }, max: 100 };
const peers: MetricSpec = { name: 'p2p-errors', measure: { kind: 'bad-share' }, max: 0.01 };

it.each([
  ['a rate as a percentage', 'error-rate', 0.00166, '0.166 %'],
  ['a latency as a duration', 'p99', 41.4, '41ms'],
  ['the number of another source as it is', queue, 12_345.6, '12,300'],
  ['a small number of another source to three digits', queue, 0.012345, '0.0123'],
  ['a share by its kind, whatever its name suggests', peers, 0.02, '2 %'],
])('people read %s', (_title, metric, value, text) => {
  expect(formatMeasured(metric, value)).toBe(text);
});

it('a metric that the spec does not know is read by its name', () => {
  expect(formatMeasured(metricNamed('p99', [queue]), 20)).toBe('20ms');
  expect(formatMeasured(metricNamed('queue', [queue]), 20)).toBe('20');
});
