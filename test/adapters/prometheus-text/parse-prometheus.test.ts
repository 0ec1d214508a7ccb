import { Counter, Histogram, Registry, type OpenMetricsContentType } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { parsePrometheus } from '../../../src/adapters/prometheus-text/parse-prometheus.ts';

const samplesOf = (text: string) => parsePrometheus(text).samples;

test('reads names, labels and values, and skips what is not a sample', () => {
  const text = [
    '# HELP requests_total All of them.',
    '# TYPE requests_total counter',
    'requests_total{track="stable",code="200"} 17',
    '',
    'up 1 1700000000000',
    'size{le="0.5",} 1.5e3',
  ].join('\r\n');
  const { samples, types, unreadable } = parsePrometheus(text);
  expect(samples).toEqual([
    { name: 'requests_total', labels: { track: 'stable', code: '200' }, value: 17 },
    { name: 'up', labels: {}, value: 1 },
    { name: 'size', labels: { le: '0.5' }, value: 1_500 },
  ]);
  expect([...types]).toEqual([['requests_total', 'counter']]);
  expect(unreadable).toEqual([]);
});

test('reads label values with escapes, commas and braces in them', () => {
  const [sample] = samplesOf(String.raw`m{a="say \"hi\"",b="back\\slash",c="x\ny",d="},{="} 1`);
  expect(sample?.labels).toEqual({ a: 'say "hi"', b: 'back\\slash', c: 'x\ny', d: '},{=' });
});

test.each([
  ['+Inf', Infinity],
  ['-Inf', -Infinity],
  ['Inf', Infinity],
  ['NaN', NaN],
  ['-0.25', -0.25],
  ['1e-9', 1e-9],
])('reads the value %s', (written, value) => {
  expect(samplesOf(`m ${written}`)[0]?.value).toBe(value);
});

describe('what OpenMetrics adds', () => {
  test.each([
    ['a fractional timestamp', 'm_total{code="200"} 7 1520879607.789'],
    ['an exemplar', 'm_total{code="200"} 7 # {trace_id="a,b} # c"} 0.67'],
    [
      'an exemplar with a timestamp',
      'm_total{code="200"} 7 1.5e9 # {trace_id="x"} 0.67 1520879607.789',
    ],
    ['an exemplar without labels', 'm_total{code="200"} 7 # {} 1'],
    ['a name of other letters', '{"m_total",code="200"} 7'],
    ['a quoted label', 'm_total{"code"="200"} 7'],
    ['blanks', 'm_total {code="200"}  7 \t'],
  ])('%s is no problem', (_, line) => {
    const { samples, unreadable } = parsePrometheus(line);
    expect(samples).toEqual([{ name: 'm_total', labels: { code: '200' }, value: 7 }]);
    expect(unreadable).toEqual([]);
  });

  test('names with dots are read', () => {
    expect(samplesOf('{"http.requests","status.code"="200"} 7')).toEqual([
      { name: 'http.requests', labels: { 'status.code': '200' }, value: 7 },
    ]);
  });

  test('a page that prom-client writes is read to its end', async () => {
    const registry = new Registry<OpenMetricsContentType>();
    registry.setContentType(Registry.OPENMETRICS_CONTENT_TYPE);
    const requests = new Counter({
      name: 'http_requests_total',
      help: 'all',
      labelNames: ['code', 'traceId'],
      registers: [registry],
      enableExemplars: true,
    });
    const duration = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'how long',
      buckets: [0.1, 1],
      registers: [registry],
      enableExemplars: true,
    });
    requests.inc({ labels: { code: '500' }, value: 3, exemplarLabels: { traceId: 'abc' } });
    duration.observe({ value: 0.05, exemplarLabels: { traceId: 'def' } });
    const page = await registry.metrics();
    expect(page).toContain(' # {');
    expect(page).toContain('# EOF');
    const { samples, unreadable, types } = parsePrometheus(page);
    expect(unreadable).toEqual([]);
    expect(types.get('http_requests')).toBe('counter');
    expect(samples).toContainEqual({
      name: 'http_requests_total',
      labels: { code: '500' },
      value: 3,
    });
    expect(samples).toContainEqual({
      name: 'http_request_duration_seconds_bucket',
      labels: { le: '0.1' },
      value: 1,
    });
  });
});

describe('a line that cannot be read', () => {
  test.each([
    ['m', 'm'],
    ['m abc', 'm'],
    ['m{a=1} 1', 'm'],
    ['m{a="1} 1', 'm'],
    ['m{a="1" b="2"} 1', 'm'],
    ['m{a="1"', 'm'],
    ['m{a="1",,b="2"} 1', 'm'],
    ['m{"n",a="1"} 1', 'm'],
    ['m 1 2 3', 'm'],
    ['m {count:3,sum:1.5,schema:3} ', 'm'],
    ['{} 1', undefined],
    ['<html>', undefined],
    ['7', undefined],
  ])('%s skips only that line, and is counted', (line, name) => {
    const { samples, unreadable } = parsePrometheus(`a 1\n${line}\nb 2\n`);
    expect(samples.map((sample) => sample.name)).toEqual(['a', 'b']);
    expect(unreadable).toEqual([{ line: 2, ...(name && { name }) }]);
  });
});
