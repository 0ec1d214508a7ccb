import { expect, test } from 'vitest';
import { parsePrometheus } from '../../../src/adapters/prometheus-text/parse-prometheus.ts';

test('reads names, labels and values, and skips what is not a sample', () => {
  const text = [
    '# HELP requests_total All of them.',
    '# TYPE requests_total counter',
    'requests_total{track="stable",code="200"} 17',
    '',
    'up 1 1700000000000',
    'size{le="0.5",} 1.5e3',
  ].join('\n');
  expect(parsePrometheus(text)).toEqual([
    { name: 'requests_total', labels: { track: 'stable', code: '200' }, value: 17 },
    { name: 'up', labels: {}, value: 1 },
    { name: 'size', labels: { le: '0.5' }, value: 1_500 },
  ]);
});

test('reads label values with escapes, commas and braces in them', () => {
  const [sample] = parsePrometheus(
    String.raw`m{a="say \"hi\"",b="back\\slash",c="x\ny",d="},{="} 1`,
  );
  expect(sample?.labels).toEqual({ a: 'say "hi"', b: 'back\\slash', c: 'x\ny', d: '},{=' });
});

test.each([
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['Inf', Infinity],
  ['NaN', NaN],
  ['-0.25', -0.25],
])('reads the value %s', (written, value) => {
  expect(parsePrometheus(`m ${written}`)[0]?.value).toBe(value);
});

test.each(['m', 'm abc', 'm{a=1} 1', 'm{a="1} 1', 'm{a="1" b="2"} 1', '<html>', '{} 1'])(
  'refuses %s',
  (line) => {
    expect(() => parsePrometheus(line)).toThrow('not in the Prometheus text format');
  },
);
