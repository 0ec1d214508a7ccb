import { describe, expect, it } from 'vitest';
import { resolveAnySpec, resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import {
  defaultAnalysis,
  leastCanary,
  leastOnKubernetes,
  leastRollback,
  resolveCanary,
} from './written-specs.ts';

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
