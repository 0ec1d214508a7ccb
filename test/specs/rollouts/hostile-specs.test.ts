import { expect, it } from 'vitest';
import { specKinds } from '../../../src/specs/rollouts/spec-kinds.ts';
import type { SpecKind } from '../../../src/kinds/workflow-types.ts';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';

const fullCanary = {
  kind: 'canary',
  service: 'shop',
  environment: 'demo',
  target: { platform: 'local', port: 8080 },
  release: {
    version: 'v2',
    command: ['node', 'server.js'],
    env: { VERSION: 'v2' },
    workingDirectory: 'shop',
  },
  replicas: 4,
  readiness: { path: '/health', deadline: '30s' },
  stages: [
    { weight: 5, hold: '10m', smoke: { path: '/', expect: [200, 404], timeout: '5s' } },
    { weight: 20, hold: '20m', approval: { by: ['ana'], timeout: '4h', onTimeout: 'abort' } },
  ],
  metrics: [{ name: 'p99', max: '500ms', min: '1ms' }],
  analysis: {
    interval: '1m',
    count: 5,
    failureLimit: 2,
    consecutiveErrorLimit: 4,
    minRequests: 1,
  },
  onInconclusive: 'pause',
  pause: { timeout: '8h', onTimeout: 'abort' },
  supersede: true,
};

const onKubernetes = {
  service: 'shop',
  environment: 'demo',
  target: {
    platform: 'kubernetes',
    context: 'prod',
    namespace: 'shop',
    deployment: 'shop',
    router: { gatewayApi: { route: 'shop', settle: '3s' } },
    port: 8080,
    metrics: { path: '/metrics', port: 9090 },
  },
  release: {
    version: 'v2',
    images: { shop: 'shop:v2' },
    env: { FLAG: 'on' },
    patch: [{ op: 'add', path: '/spec/nodeSelector', value: { disk: 'ssd' } }],
  },
  readiness: { deadline: '5m' },
  metrics: fullCanary.metrics,
  analysis: fullCanary.analysis,
  onInconclusive: 'abort',
  pause: fullCanary.pause,
  supersede: false,
};

const fullSpecs: Record<SpecKind, object> = {
  canary: fullCanary,
  blueGreen: {
    ...onKubernetes,
    kind: 'blueGreen',
    target: {
      platform: 'kubernetes',
      namespace: 'shop',
      colours: { blue: 'shop-blue', green: 'shop-green', service: 'shop' },
    },
    smoke: [{ path: '/health', expect: 200, timeout: '5s' }],
    warmUp: { path: '/', duration: '30s', rate: 5 },
    approval: { by: ['ana'], timeout: '4h', onTimeout: 'abort' },
    watch: '10m',
    scaleDownDelay: '1m',
  },
  rolling: { ...onKubernetes, kind: 'rolling', watch: '10m' },
  recreate: { ...onKubernetes, kind: 'recreate', watch: '10m' },
  rollback: {
    kind: 'rollback',
    service: 'shop',
    environment: 'demo',
    target: { platform: 'kubernetes', namespace: 'shop' },
    toRevision: 3,
    readiness: { deadline: '5m' },
  },
};

const strange: unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  '',
  ' ',
  'constructor',
  '5%',
  '10m',
  'x'.repeat(1_000),
  'line\nbreak',
  '\0',
  [],
  [null],
  [[]],
  {},
  { constructor: 1, toString: 2 },
  JSON.parse('{"__proto__": {"admin": true}}'),
];

/** The full spec again and again, each time with something else in one place. */
function* spoilt(value: unknown): Generator {
  yield* strange;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    for (const other of spoilt(part)) {
      yield Array.isArray(value) ? value.with(Number(key), other) : { ...value, [key]: other };
    }
  }
}

it.each(specKinds)(
  'answers whatever stands anywhere in a %s spec, in its own words, a line for each problem',
  (kind) => {
    const full = fullSpecs[kind];
    expect(resolveSpecInput(kind, full)).toMatchObject({ ok: true });
    let refused = 0;
    for (const input of spoilt(full)) {
      const resolution = resolveSpecInput(kind, input);
      if (resolution.ok) continue;
      refused += 1;
      expect(resolution.problems).not.toHaveLength(0);
      for (const { message } of resolution.problems) {
        expect(message, JSON.stringify(input)).not.toMatch(/Invalid|expected|Too (big|small)|\n/);
      }
    }
    expect(refused).toBeGreaterThan(100);
  },
);
