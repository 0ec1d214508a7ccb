import { describe, expect, it } from 'vitest';
import type { CanarySpec } from '../../src/specs/canary.ts';
import { resolveAnySpec, resolveSpecInput } from '../../src/specs/resolve.ts';
import { leastCanary, leastOnKubernetes, leastRollback } from './written-specs.ts';

function resolveCanary(changes: object): CanarySpec {
  const resolution = resolveSpecInput('canary', { ...leastCanary, ...changes });
  if (!resolution.ok) throw new Error(JSON.stringify(resolution.problems));
  return resolution.spec;
}

const defaultMetrics = [
  { name: 'error-rate', measure: { kind: 'error-rate' }, max: 0.01 },
  { name: 'p99', measure: { kind: 'latency', quantile: 0.99 }, max: 5_000 },
];

const defaultAnalysis = {
  mode: 'sequential',
  metrics: defaultMetrics,
  intervalMs: 2_000,
  consecutiveErrorLimit: 14,
  alpha: 0.01,
  tolerance: 1,
  effect: 5,
  power: 0.8,
  bursts: false,
};

const defaultThreshold = { mode: 'threshold', count: 5, failureLimit: 2, minRequests: 1 };

describe('a canary spec', () => {
  it('that says no more than what to bring out gets the default ladder and the default metrics', () => {
    expect(resolveCanary({})).toStrictEqual({
      ...leastCanary,
      kind: 'canary',
      replicas: 2,
      readiness: { deadlineMs: 300_000 },
      stages: [
        { weight: 5, holdMs: 600_000 },
        { weight: 20, holdMs: 1_200_000 },
        { weight: 50, holdMs: 1_800_000 },
        { weight: 100, holdMs: 0 },
      ],
      analysis: defaultAnalysis,
      onInconclusive: 'pause',
      supersede: false,
    });
  });

  it('may leave its kind out, or repeat it', () => {
    expect(resolveCanary({ kind: 'canary' })).toStrictEqual(resolveCanary({}));
  });

  it('ends at 100 with a hold where that is written', () => {
    const stages = [{ weight: 100, hold: '5m' }];
    expect(resolveCanary({ stages }).stages).toStrictEqual([{ weight: 100, holdMs: 300_000 }]);
  });

  it('waits for an approval for ever unless it has a timeout, which aborts unless told otherwise', () => {
    const stages = [
      { weight: 10, hold: '1m', approval: {} },
      { weight: 20, hold: '1m', approval: { by: ['ana'], timeout: '4h' } },
      { weight: 30, hold: '1m', approval: { timeout: '1h', onTimeout: 'promote' } },
    ];
    expect(resolveCanary({ stages }).stages.map(({ approval }) => approval)).toStrictEqual([
      { by: [] },
      { by: ['ana'], limit: { timeoutMs: 14_400_000, onTimeout: 'abort' } },
      { by: [], limit: { timeoutMs: 3_600_000, onTimeout: 'promote' } },
      undefined,
    ]);
  });

  it.each([
    [{ path: '/health' }, { path: '/health', expect: [200], timeoutMs: 10_000 }],
    [
      { path: '/', expect: 204, timeout: '500ms' },
      { path: '/', expect: [204], timeoutMs: 500 },
    ],
    [
      { path: '/', expect: [200, 404] },
      { path: '/', expect: [200, 404], timeoutMs: 10_000 },
    ],
  ])('takes the smoke test %j', (smoke, resolved) => {
    const { stages } = resolveCanary({ stages: [{ weight: 5, hold: '1m', smoke }] });
    expect(stages[0]?.smoke).toStrictEqual(resolved);
  });

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

  it('takes what ends a hold early, and what a judge forgives', () => {
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
    const { analysis } = resolveCanary({ metrics: [written] });
    expect(analysis).toHaveProperty('metrics', [{ name: written.name, ...resolved }]);
  });

  it.each([
    ['traefik', { preset: 'traefik', labels: {} }],
    [
      { preset: 'http', address: 'http://prometheus:9090', labels: { job: 'shop' } },
      { preset: 'http', address: 'http://prometheus:9090', labels: { job: 'shop' } },
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

  it('limits a pause where that is written', () => {
    expect(resolveCanary({ pause: { timeout: '8h' } }).pause).toStrictEqual({
      timeoutMs: 28_800_000,
      onTimeout: 'abort',
    });
  });

  it('runs replicas inside the platform for a benchmark', () => {
    expect(resolveCanary({ release: { version: 'v2', inProcess: {} } }).release).toStrictEqual({
      version: 'v2',
      inProcess: { status: 200 },
    });
  });
});

/** What every deployment on Kubernetes has that says no more than its image. */
const resolvedOnKubernetes = {
  service: 'shop',
  environment: 'demo',
  target: { platform: 'kubernetes', namespace: 'shop', metrics: { path: '/metrics' } },
  release: { version: 'v2', image: 'registry.example/shop:v2' },
  onInconclusive: 'pause',
  supersede: false,
};

describe('a blue-green spec', () => {
  const defaults = {
    kind: 'blueGreen',
    readiness: { deadlineMs: 300_000 },
    smoke: [
      { path: '/health', expect: [200], timeoutMs: 10_000 },
      { path: '/api', expect: [200, 404], timeoutMs: 10_000 },
      { path: '/ready', expect: [200], timeoutMs: 10_000 },
    ],
    warmUp: { path: '/', durationMs: 60_000, ratePerSecond: 10 },
    watchMs: 300_000,
    keepMs: 30_000,
    analysis: defaultAnalysis,
  };

  it('that says no more than what to bring out is tried, warmed up, watched, and kept for a while', () => {
    expect(resolveSpecInput('blueGreen', leastOnKubernetes)).toStrictEqual({
      ok: true,
      spec: { ...resolvedOnKubernetes, ...defaults },
    });
  });

  it('has two replicas of each colour on the local platform unless told otherwise', () => {
    expect(resolveSpecInput('blueGreen', leastCanary)).toMatchObject({
      spec: { ...defaults, target: { platform: 'local' }, replicas: 2 },
    });
    expect(resolveSpecInput('blueGreen', { ...leastCanary, replicas: 5 })).toMatchObject({
      spec: { replicas: 5 },
    });
  });

  it('goes without smoke tests, warm-up, watch and delay where that is written', () => {
    const resolution = resolveSpecInput('blueGreen', {
      ...leastOnKubernetes,
      smoke: [],
      warmUp: 'none',
      watch: 0,
      analysis: 'none',
      scaleDownDelay: 0,
    });
    expect(resolution).toStrictEqual({
      ok: true,
      spec: {
        ...resolvedOnKubernetes,
        kind: 'blueGreen',
        readiness: { deadlineMs: 300_000 },
        smoke: [],
        watchMs: 0,
        keepMs: 0,
        analysis: { mode: 'none' },
      },
    });
  });

  it('takes two colours and the Service that is switched between them', () => {
    const colours = { blue: 'shop-blue', green: 'shop-green', service: 'shop' };
    const target = { ...leastOnKubernetes.target, colours };
    expect(resolveSpecInput('blueGreen', { ...leastOnKubernetes, target })).toMatchObject({
      spec: { target: { colours } },
    });
  });
});

describe.each(['rolling', 'recreate'] as const)('a %s spec', (kind) => {
  it('that says no more than what to bring out has ten minutes for it, and is watched for five', () => {
    expect(resolveSpecInput(kind, leastOnKubernetes)).toStrictEqual({
      ok: true,
      spec: {
        ...resolvedOnKubernetes,
        kind,
        readiness: { deadlineMs: 600_000 },
        watchMs: 300_000,
        analysis: defaultAnalysis,
      },
    });
  });
});

describe('a rollback spec', () => {
  it('goes to the revision before the present one unless it names another', () => {
    expect(resolveSpecInput('rollback', leastRollback)).toStrictEqual({
      ok: true,
      spec: { ...leastRollback, kind: 'rollback', readiness: { deadlineMs: 300_000 } },
    });
    expect(resolveSpecInput('rollback', { ...leastRollback, toRevision: 3 })).toMatchObject({
      spec: { toRevision: 3 },
    });
  });
});

describe('a spec in a file', () => {
  it('is resolved as the kind it names', () => {
    expect(resolveAnySpec({ ...leastRollback, kind: 'rollback' })).toMatchObject({
      spec: { kind: 'rollback' },
    });
  });

  it('may be of any kind', () => {
    expect(resolveAnySpec({ ...leastOnKubernetes, kind: 'recreate' })).toMatchObject({
      spec: { kind: 'recreate' },
    });
  });

  it.each([
    [undefined, 'missing; one of: canary, blueGreen, rolling, recreate, rollback'],
    [
      'blue-green',
      '"blue-green" is not accepted; did you mean "blueGreen"? (one of: canary, blueGreen, rolling, recreate, rollback)',
    ],
    [
      'canery',
      '"canery" is not accepted; did you mean "canary"? (one of: canary, blueGreen, rolling, recreate, rollback)',
    ],
  ])('must name a kind that exists: %j', (kind, message) => {
    expect(resolveAnySpec({ ...leastCanary, kind })).toStrictEqual({
      ok: false,
      problems: [{ path: 'kind', message }],
    });
  });
});
