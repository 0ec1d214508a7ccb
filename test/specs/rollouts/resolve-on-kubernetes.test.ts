import { describe, expect, it } from 'vitest';
import { resolveSpecInput } from '../../../src/specs/rollouts/resolve.ts';
import { leastOnKubernetes } from './written-specs.ts';

describe('a release on Kubernetes', () => {
  function resolveRelease(release: object): unknown {
    const resolution = resolveSpecInput('rolling', { ...leastOnKubernetes, release });
    return resolution.ok ? resolution.spec.release : resolution.problems;
  }

  it.each([
    [{ image: 'shop:v2' }, 'v2'],
    [{ image: 'registry.example:5000/shop:v3' }, 'v3'],
    [{ image: `shop@sha256:${'c0ffee'.repeat(10)}c0ff` }, 'c0ffeec0ffee'],
    [{ images: { shop: 'shop:v4', migrate: 'shop:v4' } }, 'v4'],
    [{ images: { shop: 'shop:v5', proxy: 'proxy' } }, 'v5'],
    [{ version: '2026.11', image: 'shop:v6' }, '2026.11'],
  ])('%j goes by the version %s', (release, version) => {
    expect(resolveRelease(release)).toStrictEqual({ ...release, version });
  });

  it.each([
    { version: 'v2', env: { FLAG: 'on' } },
    { images: { shop: 'shop:v2' }, env: { FLAG: 'on' }, version: 'v2' },
    { version: 'v2', patch: [{ op: 'remove', path: '/spec/nodeSelector' }] },
    {
      version: 'v2',
      image: 'shop:v2',
      patch: [{ op: 'add', path: '/metadata/annotations/example.org~1owner', value: null }],
    },
  ])('takes %j as it is', (release) => {
    expect(resolveRelease(release)).toStrictEqual(release);
  });
});

describe('a router on Kubernetes', () => {
  it.each([
    [{ gatewayApi: { route: 'shop' } }, { gatewayApi: { route: 'shop', settleMs: 3_000 } }],
    [
      { nginx: { ingress: 'shop', settle: '10s' } },
      { nginx: { ingress: 'shop', settleMs: 10_000 } },
    ],
    [
      { istio: { virtualService: 'shop', settle: 0 } },
      { istio: { virtualService: 'shop', settleMs: 0 } },
    ],
  ])('%j is resolved to %j', (router, resolved) => {
    const target = { ...leastOnKubernetes.target, router };
    const resolution = resolveSpecInput('canary', { ...leastOnKubernetes, target });
    expect(resolution.ok && resolution.spec.target).toMatchObject({ router: resolved });
  });
});

describe('labels for what Belay creates', () => {
  it('are taken as they are', () => {
    const labels = {
      team: 'payments',
      'app.kubernetes.io/part-of': 'shop',
      'example.org/cost.centre_1': '4711',
      empty: '',
    };
    const target = { ...leastOnKubernetes.target, labels };
    const resolution = resolveSpecInput('canary', { ...leastOnKubernetes, target });
    expect(resolution.ok && resolution.spec.target).toMatchObject({ labels });
  });
});
