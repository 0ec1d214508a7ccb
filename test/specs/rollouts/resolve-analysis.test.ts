import { describe, expect, it } from 'vitest';
import { defaultAnalysis, resolveCanary } from './written-specs.ts';

const { metrics: defaultMetrics } = defaultAnalysis;
const defaultThreshold = { mode: 'threshold', count: 5, failureLimit: 2, minRequests: 1 };

describe('the analysis of a canary', () => {
  it.each([
    [
      { name: 'success-rate', min: '99.5%' },
      { measure: { kind: 'success-rate' }, min: 0.995 },
    ],
    [
      { name: 'error-rate', max: '1.1%' },
      { measure: { kind: 'error-rate' }, max: 0.011 },
    ],
    [
      { name: 'p50', max: '20ms' },
      { measure: { kind: 'latency', quantile: 0.5 }, max: 20 },
    ],
    [
      { name: 'p99.9', min: '1ms', max: '2s' },
      { measure: { kind: 'latency', quantile: 0.999 }, min: 1, max: 2_000 },
    ],
  ])('takes the metric %j', (written, resolved) => {
    const { analysis } = resolveCanary({ metrics: [written] });
    expect(analysis).toMatchObject({ metrics: [{ name: written.name, ...resolved }] });
  });

  it('goes without analysis only where that is written, and then needs no holds', () => {
    const spec = resolveCanary({ analysis: 'none', stages: [{ weight: 10 }] });
    expect(spec.analysis).toStrictEqual({ mode: 'none' });
    expect(spec.stages).toStrictEqual([
      { weight: 10, holdMs: 0 },
      { weight: 100, holdMs: 0 },
    ]);
  });

  it.each([{ judge: 'threshold' }, { count: 5 }, { failureLimit: 2 }])(
    'is judged by thresholds where it says so or writes one of them: %j',
    (analysis) => {
      expect(resolveCanary({ analysis }).analysis).toStrictEqual({
        ...defaultThreshold,
        metrics: defaultMetrics,
        intervalMs: 60_000,
        consecutiveErrorLimit: 4,
      });
    },
  );

  it('takes what ends a hold early, and what a judge tolerates', () => {
    const analysis = { endEarly: { after: '2m' }, cure: true, tolerance: 1.5 };
    expect(resolveCanary({ analysis }).analysis).toMatchObject({
      mode: 'sequential',
      endEarly: { afterMs: 120_000, beta: 0.01 },
      cure: true,
      tolerance: 1.5,
    });
    const limits = { initialDelay: '1m', inconclusiveLimit: 3, consecutiveSuccessLimit: 4 };
    expect(resolveCanary({ analysis: limits }).analysis).toMatchObject({
      ...defaultThreshold,
      initialDelayMs: 60_000,
      inconclusiveLimit: 3,
      consecutiveSuccessLimit: 4,
    });
  });

  const valueJudge = { judge: defaultThreshold, intervalMs: 60_000 };
  it.each([
    [
      'a number that PromQL tells',
      { name: 'queue', prometheus: { query: 'max(queue{track="{{track}}"})' }, max: 100 },
      {
        measure: { kind: 'value' },
        source: { kind: 'prometheus-value', query: 'max(queue{track="{{track}}"})' },
        max: 100,
        ...valueJudge,
      },
    ],
    [
      'counters of another name, which are counted',
      { name: 'checkout', prometheus: { bad: 'failures_total', total: 'all_total' }, max: '2%' },
      {
        measure: { kind: 'bad-share' },
        source: { kind: 'prometheus-counts', bad: 'failures_total', total: 'all_total' },
        max: 0.02,
      },
    ],
    [
      'a number in a JSON document, ranked',
      {
        name: 'hit-rate',
        http: { url: 'http://{{track}}.shop/stats', pointer: '/cache/hitRate' },
        judge: { by: 'mannWhitney', worse: 'lower' },
        interval: '15s',
        dryRun: true,
      },
      {
        measure: { kind: 'value' },
        source: { kind: 'http', url: 'http://{{track}}.shop/stats', pointer: '/cache/hitRate' },
        judge: {
          mode: 'mannWhitney',
          alpha: 0.01,
          worse: 'lower',
          leastEffect: 0.1,
          missing: 'remove',
          maxMissing: 0.5,
        },
        intervalMs: 15_000,
        dryRun: true,
      },
    ],
    [
      'restarts, in a judge of its own',
      {
        name: 'restarts',
        replicas: 'restarts',
        max: 0,
        judge: { by: 'threshold', failureLimit: 0 },
      },
      {
        measure: { kind: 'value' },
        source: { kind: 'replicas', what: 'restarts' },
        max: 0,
        intervalMs: 60_000,
        judge: { ...defaultThreshold, failureLimit: 0 },
      },
    ],
  ])('takes %s', (_, written, resolved) => {
    const { analysis } = resolveCanary({ metrics: [written, { name: 'p50', max: '1s' }] });
    expect(analysis).toHaveProperty('metrics[0]', { name: written.name, ...resolved });
  });

  it.each([
    ['belay', { preset: 'belay', labels: {} }],
    [
      { preset: 'belay', address: 'http://prometheus:9090', labels: { job: 'shop' } },
      { preset: 'belay', address: 'http://prometheus:9090', labels: { job: 'shop' } },
    ],
  ])('has its traffic counted by a Prometheus server: %j', (prometheus, resolved) => {
    const { analysis } = resolveCanary({ analysis: { traffic: { prometheus } } });
    expect(analysis).toMatchObject({ mode: 'sequential', traffic: resolved });
  });

  it('changes one threshold and keeps the others', () => {
    expect(
      resolveCanary({ analysis: { interval: '30s', failureLimit: 0 } }).analysis,
    ).toMatchObject({
      intervalMs: 30_000,
      failureLimit: 0,
      count: 5,
      consecutiveErrorLimit: 4,
      minRequests: 1,
    });
  });
});
