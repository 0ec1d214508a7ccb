import { expect, test } from 'vitest';
import {
  trafficSnapshot,
  type ScrapedPod,
} from '../../../../src/adapters/kubernetes/traffic/traffic-snapshot.ts';
import { parsePrometheus } from '../../../../src/adapters/prometheus-text/parse-prometheus.ts';
import type { Track } from '../../../../src/contracts/traffic.ts';

function pod(track: Track, name: string, lines: string[], over: Partial<ScrapedPod> = {}) {
  const scraped: ScrapedPod = {
    track,
    name,
    uid: `uid-of-${name}`,
    restarts: 0,
    ready: true,
    url: 'http://10.88.0.7:8080/metrics',
    ownPaths: ['/metrics', '/health'],
    samples: parsePrometheus(lines.join('\n')),
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

test('sums the pods of each track; every 5xx is an error', () => {
  const snapshot = trafficSnapshot(
    [pod('stable', 'a', quick), pod('stable', 'b', quick), pod('canary', 'c', quick)],
    42,
  );
  expect(snapshot).toEqual({
    takenAtMs: 42,
    epoch: expect.any(String),
    stable: {
      requests: 200,
      errors: 20,
      latency: { boundsMs: [100, 1_000, null], counts: [190, 198, 200] },
    },
    canary: {
      requests: 100,
      errors: 10,
      latency: { boundsMs: [100, 1_000, null], counts: [95, 99, 100] },
    },
  });
});

test('a track whose pods had no request yet has no counters', () => {
  const { canary, stable } = trafficSnapshot([pod('canary', 'a', ['up 1'])], 42);
  expect(canary).toBeUndefined();
  expect(stable).toBeUndefined();
});

test.each(['code', 'status', 'status_code'])('the answer may be called %s', (label) => {
  const lines = [`http_requests_total{${label}="500"} 3`, `http_requests_total{${label}="200"} 4`];
  expect(trafficSnapshot([pod('canary', 'a', lines)], 42).canary).toMatchObject({
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
  expect(trafficSnapshot([pod('canary', 'a', lines)], 42).canary).toEqual({
    requests: 5,
    errors: 0,
    latency: { boundsMs: [null], counts: [5] },
  });
});

test('pods with other buckets add up at the bounds they share', () => {
  const coarse = [
    'http_requests_total{code="200"} 10',
    'http_request_duration_seconds_bucket{le="1"} 7',
    'http_request_duration_seconds_bucket{le="5"} 9',
    'http_request_duration_seconds_bucket{le="+Inf"} 10',
  ];
  const pods = [pod('canary', 'a', quick), pod('canary', 'b', coarse)];
  expect(trafficSnapshot(pods, 42).canary?.latency).toEqual({
    boundsMs: [1_000, null],
    counts: [106, 110],
  });
});

test('a pod with requests but no latencies leaves the latencies of its track unknown', () => {
  const silent = pod('canary', 'b', ['http_requests_total{code="200"} 10']);
  expect(trafficSnapshot([pod('canary', 'a', quick), silent], 42).canary).toMatchObject({
    requests: 110,
    latency: { boundsMs: [], counts: [] },
  });
});

const epochOf = (...pods: ScrapedPod[]) => trafficSnapshot(pods, 42).epoch;

test('the epoch is the same while the same pods live, in whatever order they answer', () => {
  const [a, b] = [pod('stable', 'a', quick), pod('canary', 'b', quick)];
  expect(epochOf(a, b)).toBe(epochOf(b, pod('stable', 'a', [])));
});

test.each([
  ['a pod restarts', [pod('stable', 'a', quick, { restarts: 1 })]],
  ['a pod comes', [pod('stable', 'a', quick), pod('stable', 'b', quick)]],
  ['a pod goes', []],
  ['a pod is replaced under its own name', [pod('stable', 'a', quick, { uid: 'another' })]],
])('the epoch changes when %s', (_, pods) => {
  expect(epochOf(...pods)).not.toBe(epochOf(pod('stable', 'a', quick)));
});
