import { expect, test } from 'vitest';
import {
  trafficSnapshot,
  type ScrapedPod,
} from '../../../../src/adapters/kubernetes/traffic/traffic-snapshot.ts';
import { parsePrometheus } from '../../../../src/adapters/prometheus-text/parse-prometheus.ts';
import type { Track } from '../../../../src/contracts/traffic.ts';
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

test('tells the counters of every pod, and when they began; every 5xx is an error', () => {
  const young = ['process_start_time_seconds 1700000060.5'];
  expect(trafficSnapshot([pod('stable', 'a', quick), pod('canary', 'b', young)], 42)).toEqual({
    takenAtMs: 42,
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
