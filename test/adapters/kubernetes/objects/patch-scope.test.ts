import type { V1PodTemplateSpec } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { applyReleaseInScope } from '../../../../src/adapters/kubernetes/objects/patch-scope.ts';
import type { TemplatePatchStep } from '../../../../src/specs/rollouts/template-patch.ts';

const secret = (name: string, key: string) => ({ valueFrom: { secretKeyRef: { name, key } } });

function template(): V1PodTemplateSpec {
  return {
    metadata: { labels: { app: 'shop' } },
    spec: {
      volumes: [],
      initContainers: [{ name: 'migrate', image: 'shop:v1', env: [] }],
      containers: [
        {
          name: 'shop',
          image: 'shop:v1',
          env: [{ name: 'PASSWORD', ...secret('db', 'password') }],
          readinessProbe: { httpGet: { path: '/health', port: 8080 } },
        },
      ],
    },
  };
}

const patched = (patch: TemplatePatchStep[], scope: string[] = []) =>
  applyReleaseInScope(template(), { version: 'v2', patch }, scope);
const add = (path: string, value: unknown): TemplatePatchStep => ({ op: 'add', path, value });
const container = '/spec/containers/0';

describe('what a patch may change by default', () => {
  test.each([
    ['arguments', add(`${container}/args`, ['--fast'])],
    ['the command', add(`${container}/command`, ['/shop'])],
    ['an image', { op: 'replace' as const, path: `${container}/image`, value: 'shop:v2' }],
    ['resources', add(`${container}/resources`, { limits: { memory: '1Gi' } })],
    ['a probe', add(`${container}/livenessProbe`, { httpGet: { path: '/live', port: 8080 } })],
    ['a probe of an init container', add('/spec/initContainers/0/startupProbe', {})],
    ['a plain variable', add(`${container}/env/-`, { name: 'MODE', value: 'b' })],
    ['a variable away', { op: 'remove' as const, path: `${container}/env/0` }],
    [
      'a key of a Secret that the pod has',
      add(`${container}/env/-`, { name: 'PW', ...secret('db', 'password') }),
    ],
    [
      'that in another container',
      add('/spec/initContainers/0/env/-', { name: 'PW', ...secret('db', 'password') }),
    ],
    [
      'a field of the pod itself',
      add(`${container}/env/-`, {
        name: 'IP',
        valueFrom: { fieldRef: { fieldPath: 'status.podIP' } },
      }),
    ],
  ])('%s', (_what, step) => {
    expect(() => patched([step])).not.toThrow();
  });
});

describe('what a patch may not change', () => {
  test.each([
    [
      'a volume with a Secret',
      add('/spec/volumes/-', { name: 'x', secret: { secretName: 'admin' } }),
    ],
    ['a mount', add(`${container}/volumeMounts`, [{ name: 'x', mountPath: '/x' }])],
    ['privileges', add(`${container}/securityContext`, { privileged: true })],
    ['privileges of the pod', add('/spec/securityContext', { runAsUser: 0 })],
    [
      'a whole container',
      add('/spec/containers/-', { name: 'x', securityContext: { privileged: true } }),
    ],
    ['a container that is replaced whole', { op: 'replace' as const, path: container, value: {} }],
    ['all containers', { op: 'replace' as const, path: '/spec/containers', value: [] }],
    ['an ephemeral container', add('/spec/ephemeralContainers', [])],
    ['the ServiceAccount', add('/spec/serviceAccountName', 'admin')],
    ['its token', add('/spec/automountServiceAccountToken', true)],
    ['the network of the node', add('/spec/hostNetwork', true)],
    ['the node', add('/spec/nodeName', 'control-plane')],
    ['all variables of a Secret', add(`${container}/envFrom`, [{ secretRef: { name: 'admin' } }])],
    ['an annotation that webhooks act on', add('/metadata/annotations', { inject: 'yes' })],
    ['a hook', add(`${container}/lifecycle`, {})],
    ['what is not a list', add('/spec/containers/__proto__/env', [])],
  ])('%s', (_what, step) => {
    expect(() => patched([step])).toThrow(
      `release.patch[0].path: ${step.op} ${step.path} is not accepted; accepted are args, command,`,
    );
  });

  test.each([
    [
      'another Secret',
      `${container}/env/-`,
      { name: 'X', ...secret('admin', 'token') },
      'env/1/valueFrom reads key token of Secret admin',
    ],
    [
      'another key of it',
      `${container}/env/-`,
      { name: 'X', ...secret('db', 'root') },
      'env/1/valueFrom reads key root of Secret db',
    ],
    [
      'the name alone',
      `${container}/env/0/valueFrom/secretKeyRef/name`,
      'admin',
      'env/0/valueFrom reads key password of Secret admin',
    ],
    [
      'a ConfigMap',
      `${container}/env`,
      [{ name: 'X', valueFrom: { configMapKeyRef: { name: 'cluster', key: 'ca' } } }],
      'env/0/valueFrom reads key ca of ConfigMap cluster',
    ],
    [
      'another host for a probe',
      `${container}/readinessProbe/httpGet/host`,
      '169.254.169.254',
      'readinessProbe/httpGet/host sends requests to host 169.254.169.254',
    ],
  ])('%s, by way of what it may', (_what, path, value, refused) => {
    expect(() => patched([add(path, value)])).toThrow(
      `release.patch: ${container}/${refused}, which the pod did not before`,
    );
  });

  test('every step is named', () => {
    const steps = [add('/spec/hostPID', true), add('/spec/hostIPC', true)];
    expect(() => patched(steps)).toThrow(/patch\[0\].*hostPID.*; release\.patch\[1\].*hostIPC/);
  });
});

test('a setting of the workers accepts more, and no more than that', () => {
  const annotate = add('/metadata/annotations', { team: 'shop' });
  expect(() => patched([annotate], ['/metadata/annotations'])).not.toThrow();
  const mount = add(`${container}/volumeMounts`, []);
  expect(() => patched([mount], ['/spec/containers/*/volumeMounts'])).not.toThrow();
  expect(() => patched([mount], ['/metadata'])).toThrow('is not accepted');
  const other = add(`${container}/env/-`, { name: 'X', ...secret('admin', 'token') });
  expect(() => patched([other], ['/spec/containers/*/env/*/valueFrom'])).not.toThrow();
  expect(() => patched([other, mount, annotate], ['*'])).not.toThrow();
});
