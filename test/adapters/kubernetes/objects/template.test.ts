import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { expect, test } from 'vitest';
import type { Release } from '../../../../src/specs/rollouts/release.ts';
import {
  applyRelease,
  bareCanaryTemplate,
  canaryTemplate,
  isSetAside,
  promotedTemplate,
  withoutSetAside,
  readReleaseMark,
} from '../../../../src/adapters/kubernetes/objects/template.ts';
import { sameTemplate } from '../../../../src/adapters/kubernetes/state/template-revision.ts';

const workflowId = 'rollout/demo/shop';

function template(): V1PodTemplateSpec {
  return {
    metadata: { labels: { app: 'shop', 'pod-template-hash': 'abc' } },
    spec: {
      terminationGracePeriodSeconds: 30,
      initContainers: [{ name: 'migrate', image: 'migrate:v1' }],
      containers: [{ name: 'shop', image: 'shop:v1', env: [{ name: 'MODE', value: 'a' }] }],
    },
  };
}

function withSidecar(): V1PodTemplateSpec {
  const both = template();
  both.spec!.containers.push({
    name: 'proxy',
    image: 'proxy:v1',
    lifecycle: { preStop: { sleep: { seconds: 9 } } },
  });
  return both;
}

test('a release with one image goes into the only container, with its environment', () => {
  const next = applyRelease(template(), {
    version: 'v2',
    image: 'shop:v2',
    env: { MODE: 'b', X: '1' },
  });
  expect(next.spec!.containers[0]).toMatchObject({
    image: 'shop:v2',
    env: [
      { name: 'MODE', value: 'b' },
      { name: 'X', value: '1' },
    ],
  });
  expect(next.metadata!.labels).toEqual({ app: 'shop' });
});

test('images by container reach init containers too, and all else stays', () => {
  const next = applyRelease(withSidecar(), { version: 'v2', images: { migrate: 'migrate:v2' } });
  expect(next.spec!.initContainers![0]!.image).toBe('migrate:v2');
  expect(next.spec!.containers).toEqual(withSidecar().spec!.containers);
});

test('an init container that has the image of the container that changes changes with it', () => {
  const same = template();
  same.spec!.initContainers = [
    { name: 'migrate', image: 'shop:v1' },
    { name: 'certs', image: 'certs:v1' },
  ];
  const imagesAfter = (release: Partial<Release>) =>
    applyRelease(same, { version: 'v2', ...release }).spec!.initContainers!.map(
      ({ image }) => image,
    );
  expect(imagesAfter({ image: 'shop:v2' })).toEqual(['shop:v2', 'certs:v1']);
  expect(imagesAfter({ images: { shop: 'shop:v2' } })).toEqual(['shop:v2', 'certs:v1']);
  expect(imagesAfter({ images: { shop: 'shop:v2', migrate: 'shop:v1' } })).toEqual([
    'shop:v1',
    'certs:v1',
  ]);
});

test('a release that does not fit the pod names everything that does not', () => {
  const release = { version: 'v2', image: 'shop:v2', images: { web: 'web:v2', db: 'db:v2' } };
  expect(() => applyRelease(withSidecar(), release)).toThrow(
    'release.images names web, which is not a container of the pod; ' +
      'release.images names db, which is not a container of the pod; ' +
      'release.image is for pods of one container; write release.images by container. ' +
      'Containers: migrate, shop, proxy.',
  );
});

test('an environment without an image says not which of several containers it is for', () => {
  expect(() => applyRelease(withSidecar(), { version: 'v2', env: { X: '1' } })).toThrow(
    'release.env does not say for which container',
  );
});

test('a patch that does not fit names its step', () => {
  const patch = [{ op: 'replace' as const, path: '/spec/nodeSelector/disk', value: 'ssd' }];
  expect(() => applyRelease(template(), { version: 'v2', patch })).toThrow(
    'release.patch[0] (replace /spec/nodeSelector/disk) does not fit the pod template',
  );
});

test('a template tells its release until someone else changes an image', () => {
  const next = applyRelease(template(), { version: 'v2', image: 'shop:v2' });
  expect(readReleaseMark(next)?.version).toBe('v2');
  next.spec!.containers[0]!.image = 'shop:hotfix';
  expect(readReleaseMark(next)).toBeUndefined();
  expect(readReleaseMark(template())).toBeUndefined();
});

test('canary pods sleep before they stop where they did not, with grace for it', () => {
  const { spec } = canaryTemplate(withSidecar(), workflowId);
  expect(spec!.containers.map(({ lifecycle }) => lifecycle)).toEqual([
    { preStop: { sleep: { seconds: 5 } } },
    { preStop: { sleep: { seconds: 9 } } },
  ]);
  expect(spec!.terminationGracePeriodSeconds).toBe(35);
});

test('a canary carries the labels that Services select', () => {
  expect(canaryTemplate(template(), workflowId).metadata!.labels).toEqual({
    app: 'shop',
    'belay.dev/track': 'canary',
    'belay.dev/serving': 'true',
    'belay.dev/workflow': expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

test('what is promoted is the release, without anything that made it a canary', () => {
  const release = applyRelease(withSidecar(), { version: 'v2', images: { shop: 'shop:v2' } });
  expect(promotedTemplate(canaryTemplate(release, workflowId))).toEqual(release);
});

test("the spec's labels are on canary pods alone: stable gets its own values back", () => {
  const release = template();
  release.metadata = { labels: { app: 'shop', tier: 'web' } };
  const dressed = canaryTemplate(release, workflowId, { team: 'payments', tier: 'canary' });
  expect(dressed.metadata!.labels).toMatchObject({
    app: 'shop',
    tier: 'canary',
    team: 'payments',
    'belay.dev/track': 'canary',
  });
  expect(promotedTemplate(dressed).metadata!.labels).toEqual({ app: 'shop', tier: 'web' });
});

test("a bare canary has the release's own template, but for the hash of its ReplicaSet", () => {
  const release = applyRelease(withSidecar(), { version: 'v2', images: { shop: 'shop:v2' } });
  const bare = bareCanaryTemplate(release, 'abc');
  expect(bare.metadata!.labels).toEqual({
    ...release.metadata!.labels,
    'pod-template-hash': 'abc',
  });
  expect(sameTemplate(bare, release)).toBe(true);
  expect(promotedTemplate(bare)).toEqual(release);
});

test("the spec's labels are on a bare canary's pods, unless the release has them anyway", () => {
  const release = template();
  release.metadata = { labels: { app: 'shop', tier: 'web' } };
  expect(sameTemplate(bareCanaryTemplate(release, 'abc', { tier: 'web' }), release)).toBe(true);
  const dressed = bareCanaryTemplate(release, 'abc', { team: 'payments', tier: 'web' });
  expect(dressed.metadata!.labels).toMatchObject({ team: 'payments', tier: 'web' });
  expect(sameTemplate(dressed, release)).toBe(false);
  expect(promotedTemplate(dressed).metadata!.labels).toEqual({ app: 'shop', tier: 'web' });
});

test('a template that was set aside is another one until it is brought back', () => {
  const before = template();
  const aside = structuredClone(before);
  aside.metadata = { ...aside.metadata, annotations: { 'belay.dev/set-aside-for': 'abc' } };
  expect(isSetAside(aside)).toBe(true);
  expect(sameTemplate(aside, before)).toBe(false);
  expect(sameTemplate(withoutSetAside(aside), before)).toBe(true);
  expect(isSetAside(before)).toBe(false);
});
