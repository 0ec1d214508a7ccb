import { expect, test } from 'vitest';
import { parsePrometheus } from '../../../src/adapters/prometheus-text/parse-prometheus.ts';
import { toTrafficSnapshot } from '../../../src/adapters/local-platform/traffic-snapshot.ts';

const start = 'belay_router_start_time_seconds{service="shop"} 1700000000.5';

function snapshot(...lines: string[]) {
  return toTrafficSnapshot(parsePrometheus([start, ...lines].join('\n')).samples, 42);
}

test('sums the codes and versions of a track; every 5xx is an error, nothing else is', () => {
  const { sources } = snapshot(
    'belay_router_requests_total{track="canary",version="v1",code="200"} 10',
    'belay_router_requests_total{track="canary",version="v2",code="200"} 5',
    'belay_router_requests_total{track="canary",version="v2",code="502"} 2',
    'belay_router_requests_total{track="canary",version="v2",code="500"} 1',
    'belay_router_requests_total{track="canary",version="v2",code="404"} 3',
    'belay_router_requests_total{track="canary",version="v2",code="499"} 4',
    'belay_router_request_duration_seconds_bucket{track="canary",version="v1",le="+Inf"} 10',
    'belay_router_request_duration_seconds_bucket{track="canary",version="v1",le="0.0025"} 4',
    'belay_router_request_duration_seconds_bucket{track="canary",version="v2",le="0.0025"} 1',
    'belay_router_request_duration_seconds_bucket{track="canary",version="v2",le="+Inf"} 15',
  );
  expect(sources['canary by the router']?.counters).toEqual({
    requests: 25,
    errors: 3,
    latency: { boundsMs: [2.5, null], counts: [5, 25] },
  });
});

test("without requests on a track says so, and has the router's start time", () => {
  const since = 1_700_000_000_500;
  const counters = { requests: 0, errors: 0, latency: { boundsMs: [], counts: [] } };
  expect(snapshot().sources).toEqual({
    'stable by the router': { track: 'stable', since, counters },
    'canary by the router': { track: 'canary', since, counters },
  });
});

test('metrics without a start are not the metrics of a router', () => {
  expect(() => toTrafficSnapshot([], 42)).toThrow('belay_router_start_time_seconds');
});
