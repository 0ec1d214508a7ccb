import { describe, expect, test } from 'vitest';
import {
  trafficSnapshot,
  type ScrapedPod,
} from '../../../../src/adapters/kubernetes/traffic/traffic-snapshot.ts';
import { parsePrometheus } from '../../../../src/adapters/prometheus-text/parse-prometheus.ts';
import type { Track } from '../../../../src/contracts/rollouts/traffic.ts';
import { countersOf } from '../../../fixtures/counters-of.ts';

function pod(track: Track, name: string, lines: string[], over: Partial<ScrapedPod> = {}) {
  const scraped: ScrapedPod = {
    track,
    name,
    uid: `uid-of-${name}`,
    startedAtMs: 1_700_000_000_000,
    ready: true,
    url: 'http://10.88.0.7:8080/metrics',
    ownPaths: ['/metrics', '/health'],
    page: parsePrometheus(lines.join('\n')),
    ...over,
  };
  return scraped;
}

const quick = [
  'http_requests_total{code="200",path="/"} 90',
  'http_requests_total{code="503",path="/"} 10',
  'http_request_duration_seconds_bucket{le="0.1"} 95',
  'http_request_duration_seconds_bucket{le="1"} 99',
  'http_request_duration_seconds_bucket{le="+Inf"} 100',
];

test('tells the counters of every pod, and when they began; every 5xx is an error', () => {
  const young = ['process_start_time_seconds 1700000060.5'];
  expect(trafficSnapshot([pod('stable', 'a', quick), pod('canary', 'b', young)], 42)).toEqual({
    takenAtMs: 42,
    absent: { canary: 'pod b has no http_requests_total, found process_start_time_seconds' },
    sources: {
      'stable uid-of-a': {
        track: 'stable',
        since: 1_700_000_000_000,
        counters: {
          requests: 100,
          errors: 10,
          latency: { boundsMs: [100, 1_000, null], counts: [95, 99, 100] },
        },
      },
      'canary uid-of-b': {
        track: 'canary',
        since: 1_700_000_060_500,
        counters: { requests: 0, errors: 0, latency: { boundsMs: [], counts: [] } },
      },
    },
  });
});

test.each(['code', 'status', 'status_code'])('the answer may be called %s', (label) => {
  const lines = [`http_requests_total{${label}="500"} 3`, `http_requests_total{${label}="200"} 4`];
  expect(countersOf(trafficSnapshot([pod('canary', 'a', lines)], 42), 'canary')).toMatchObject({
    requests: 7,
    errors: 3,
  });
});

test('requests without a status are no measure of errors', () => {
  const counted = [pod('canary', 'a', ['http_requests_total{path="/"} 3'])];
  expect(() => trafficSnapshot(counted, 42)).toThrow(
    'http_requests_total has none of the labels code, status, status_code',
  );
});

test('probes and scrapes are not traffic', () => {
  const lines = [
    'http_requests_total{code="200",path="/"} 5',
    'http_requests_total{code="503",path="/health"} 60',
    'http_requests_total{code="200",handler="/metrics"} 12',
    'http_request_duration_seconds_bucket{le="+Inf",path="/"} 5',
    'http_request_duration_seconds_bucket{le="+Inf",path="/health"} 60',
  ];
  expect(countersOf(trafficSnapshot([pod('canary', 'a', lines)], 42), 'canary')).toEqual({
    requests: 5,
    errors: 0,
    latency: { boundsMs: [null], counts: [5] },
  });
});

describe('requests that are counted under another name', () => {
  const spring = [
    'jvm_threads 5',
    'http_server_requests_seconds_count{status="200"} 9',
    ...Array.from({ length: 5 }, (_, i) => `other_${i} 1`),
  ];

  test('are told by what was found instead', () => {
    const { absent } = trafficSnapshot([pod('stable', 'a', quick), pod('canary', 'b', spring)], 42);
    expect(absent).toEqual({
      canary:
        'pod b has no http_requests_total, found http_server_requests_seconds_count, jvm_threads, other_0, other_1 and 3 more',
    });
  });

  test('by one pod of two are what the other counts', () => {
    const pods = [pod('canary', 'a', quick), pod('canary', 'b', spring)];
    expect(trafficSnapshot(pods, 42).absent).toBeUndefined();
    const none = trafficSnapshot([pod('canary', 'a', spring), pod('canary', 'b', spring)], 42);
    expect(none.absent?.canary).toContain(
      'none of the 2 pods of the canary counts requests: pod a has',
    );
  });

  test('are no other name where the counter is declared and has no series yet', () => {
    const declared = ['# TYPE http_requests_total counter', 'up 1'];
    const inOpenMetrics = ['# TYPE http_requests counter', 'up 1', '# EOF'];
    const pods = [pod('stable', 'a', declared), pod('canary', 'b', inOpenMetrics)];
    expect(trafficSnapshot(pods, 42).absent).toBeUndefined();
  });

  test('may lack the _total where they are declared as a counter', () => {
    const counter = ['# TYPE http_requests counter', 'http_requests{code="500"} 3'];
    const gauge = ['# TYPE http_requests gauge', 'http_requests{code="500"} 3'];
    const snapshot = trafficSnapshot([pod('stable', 'a', counter), pod('canary', 'b', gauge)], 42);
    expect(countersOf(snapshot, 'stable')).toMatchObject({ requests: 3, errors: 3 });
    expect(countersOf(snapshot, 'canary')).toMatchObject({ requests: 0 });
    expect(snapshot.absent?.canary).toContain('found http_requests');
  });
});

test('an unreadable line of another metric costs that line; one of requests is no smaller number of errors', () => {
  const broken = (line: string) => [pod('canary', 'b', [...quick, line])];
  expect(countersOf(trafficSnapshot(broken('go_threads x'), 42), 'canary')).toMatchObject({
    requests: 100,
  });
  for (const line of [
    'http_requests_total{code="500"} x',
    'http_request_duration_seconds_bucket x',
  ]) {
    expect(() => trafficSnapshot(broken(line), 42)).toThrow(
      /^pod b: line 6 of its metrics, of http_request\w+, cannot be read$/,
    );
  }
});
