import { expect, it } from 'vitest';
import { aDuration, leastCanary, problemsOfCanary } from './written-specs.ts';

it.each<[string, object, string]>([
  [
    'with a metric without a bound',
    { metrics: [{ name: 'p99' }] },
    'metrics[0]: has no bound, so it could never fail; add one, such as max: 500ms',
  ],
  [
    'with a metric that does not exist',
    { metrics: [{ name: 'p100', max: '1s' }] },
    'metrics[0].name: "p100" is not measured by itself; metrics that are: error-rate, success-rate, p50 to p99.9; any other needs a source: prometheus, http, replicas',
  ],
  [
    'with a percentage for a latency',
    { metrics: [{ name: 'p99', max: '1%' }] },
    `metrics[0].max: "1%" is a percentage where a duration belongs; ${aDuration}`,
  ],
  [
    'with a duration for a rate',
    { metrics: [{ name: 'error-rate', max: '500ms' }] },
    'metrics[0].max: "500ms" is a duration where a percentage belongs; write a number from 0 to 100 and its sign, such as 1%',
  ],
  [
    'with a rate as a bare number',
    { metrics: [{ name: 'error-rate', max: 0.01 }] },
    'metrics[0].max: 0.01 has no sign; write a number from 0 to 100 and its sign, such as 1%',
  ],
  [
    'with bounds that exclude each other',
    { metrics: [{ name: 'p99', min: '2s', max: '1s' }] },
    'metrics[0].min: 2s is above max (1s), so it could never pass',
  ],
  [
    'with the same metric twice',
    {
      metrics: [
        { name: 'p99', max: '1s' },
        { name: 'p99', min: '1ms' },
      ],
    },
    'metrics[1].name: p99 is listed already; give it max and min in one place',
  ],
  [
    'with metrics that nobody would look at',
    { metrics: [{ name: 'p99', max: '1s' }], analysis: 'none' },
    'metrics: given, but analysis is none, so nothing is measured; keep one of them',
  ],
  [
    'with no metrics in the list',
    { metrics: [] },
    'metrics: an empty list is not accepted; write at least one metric, leave metrics out for the default ones, or write analysis: none',
  ],
  [
    'with a threshold that is none',
    { analysis: { judge: 'threshold', counts: 3 } },
    'analysis.counts: unknown key; did you mean "count"? (known: judge, interval, consecutiveErrorLimit, traffic, count, failureLimit, minRequests, initialDelay, inconclusiveLimit, consecutiveSuccessLimit)',
  ],
  [
    'with a metric of its own name and no source',
    { metrics: [{ name: 'queue', max: 5 }] },
    'metrics[0].name: "queue" is not measured by itself; metrics that are: error-rate, success-rate, p50 to p99.9; any other needs a source: prometheus, http, replicas',
  ],
  [
    'with metrics that all decide nothing',
    { metrics: [{ name: 'p99', max: '1s', dryRun: true }] },
    'metrics: all are dry runs, so nothing would decide; let one decide, or write analysis: none',
  ],
  [
    'with two sources of one metric',
    { metrics: [{ name: 'queue', max: 5, replicas: 'unready', prometheus: { query: 'x' } }] },
    'metrics[0]: prometheus and replicas are given together; keep one source',
  ],
  [
    'with a source for what is measured by itself',
    { metrics: [{ name: 'p99', max: '5s', prometheus: { query: 'x' } }] },
    'metrics[0].name: p99 is measured by itself; give what comes from prometheus another name',
  ],
  [
    'with bad requests of nobody knows how many',
    { metrics: [{ name: 'checkout', max: '1%', prometheus: { bad: 'failures_total' } }] },
    'metrics[0].prometheus: total is missing; bad requests are counted of all',
  ],
  [
    'with a placeholder that does not exist',
    { metrics: [{ name: 'queue', max: 5, prometheus: { query: 'q{pod="{{pod}}"}' } }] },
    'metrics[0].prometheus.query: there is no placeholder {{pod}}; known: {{service}}, {{environment}}, {{namespace}}, {{version}}, {{track}}, {{pods}}',
  ],
  [
    'with a number counted as requests',
    { metrics: [{ name: 'queue', max: 5, prometheus: { query: 'x' }, judge: 'sequential' }] },
    'metrics[0].judge: sequential counts bad requests, and queue is a number that is no count of them; write threshold or mannWhitney, or leave it out',
  ],
  [
    'with a password in an address',
    { analysis: { traffic: { prometheus: { preset: 'http', address: 'http://a:b@prom' } } } },
    'analysis.traffic.prometheus.address: contains a user name or a password; leave them out: they would be kept in the history',
  ],
  [
    'with traffic that another platform counts',
    { analysis: { traffic: { prometheus: 'traefik' } } },
    'analysis.traffic.prometheus: traefik distinguishes the tracks by their Services, behind a target.router of gatewayApi or nginx; use another preset, or write the labels of each track as stable and canary',
  ],
  [
    'with an exporter that nobody knows',
    { analysis: { traffic: { prometheus: 'haproxy' } } },
    'analysis.traffic.prometheus: "haproxy" is not accepted; write one of belay, http, opentelemetry, traefik, nginx, istio, envoy, or a mapping with a preset',
  ],
  [
    'with a key of another judge',
    { analysis: { judge: 'sequential', count: 5 } },
    'analysis.count: only for judge: threshold; leave it out, or write that',
  ],
  [
    'with another word for no analysis',
    { analysis: 'off' },
    'analysis: "off" is not accepted; write none, or a mapping such as { interval: 1m, count: 5 }',
  ],
])('a canary is refused %s', (_title, changes, problem) => {
  const problems = problemsOfCanary({ ...leastCanary, ...changes });
  expect(problems).toHaveLength(1);
  expect(problems[0]?.slice(0, problem.length)).toBe(problem);
});
