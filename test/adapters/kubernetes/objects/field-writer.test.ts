import { describe, expect, it, test } from 'vitest';
import type { V1ManagedFieldsEntry } from '@kubernetes/client-node';
import { isOurs, writerOf } from '../../../../src/adapters/kubernetes/objects/field-writer.ts';

const entry = (
  manager: string,
  fieldsV1: object,
  more: Partial<V1ManagedFieldsEntry> = {},
): V1ManagedFieldsEntry => ({ manager, operation: 'Update', fieldsV1, ...more });

const owning = (...managedFields: V1ManagedFieldsEntry[]) => ({ managedFields });
const replicas = ['spec', 'replicas'];

describe('who wrote a field', () => {
  it('is the manager that owns it, however late another wrote something else', () => {
    const metadata = owning(
      entry('kubectl-scale', { 'f:spec': { 'f:replicas': {} } }, { time: new Date(1_000) }),
      entry('argocd', { 'f:metadata': { 'f:labels': {} } }, { time: new Date(9_000) }),
    );
    expect(writerOf(metadata, replicas)).toBe('kubectl-scale');
  });

  it('counts writes by the scale subresource, and not those of a status', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    const scaled = owning(entry('keda', fields, { subresource: 'scale' }));
    expect(writerOf(scaled, replicas)).toBe('keda');
    expect(writerOf(owning(entry('x', fields, { subresource: 'status' })), replicas)).toBe(
      undefined,
    );
  });

  it("is nobody where the field was only taken away, or is Belay's own", () => {
    expect(
      writerOf(owning(entry('gitops', { 'f:spec': { 'f:replicas': {} } })), ['spec', 'paused']),
    ).toBe(undefined);
    expect(writerOf(undefined, replicas)).toBe(undefined);
    const ours = owning(entry('belay', { 'f:spec': { 'f:replicas': {} } }));
    expect(writerOf(ours, replicas)).toBe(undefined);
    expect(isOurs(ours, replicas)).toBe(true);
    expect(isOurs(ours, ['spec', 'paused'])).toBe(false);
  });

  it('is whoever owns the whole that the field is a part of', () => {
    const metadata = owning(entry('helm', { 'f:spec': { 'f:selector': {} } }));
    expect(writerOf(metadata, ['spec', 'selector', 'app'])).toBe('helm');
  });

  it('names all of them', () => {
    const fields = { 'f:spec': { 'f:replicas': {} } };
    expect(writerOf(owning(entry('a', fields), entry('b', fields)), replicas)).toBe('a and b');
  });
});

describe('who wrote the part that changed', () => {
  const before = {
    metadata: { labels: { app: 'shop' } },
    spec: {
      containers: [
        { name: 'shop', image: 'shop:v1', args: ['a'], ports: [{ containerPort: 1 }] },
        { name: 'proxy', image: 'proxy:1' },
      ],
      tolerations: [{ key: 'x' }],
    },
  };
  type Template = typeof before;
  const container = (name: string, fields: object) => ({
    'f:spec': { 'f:containers': { [`k:{"name":"${name}"}`]: fields } },
  });
  const template = (fields: object) => ({ 'f:spec': { 'f:template': fields } });
  const metadata = owning(
    entry('argocd', template({ 'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} } } })),
    entry('kubectl-set', template(container('shop', { '.': {}, 'f:image': {} }))),
    entry('injector', template(container('proxy', { '.': {}, 'f:image': {}, 'f:name': {} }))),
    entry('vpa', template(container('shop', { 'f:args': {} }))),
    entry('tainter', template({ 'f:spec': { 'f:tolerations': {} } })),
  );

  const changes: [string, (next: Template) => unknown, string | undefined][] = [
    ['an image', ({ spec }) => (spec.containers[0]!.image = 'shop:v2'), 'kubectl-set'],
    ['a label', ({ metadata: { labels } }) => (labels.app = 'other'), 'argocd'],
    ['a list as a whole', ({ spec }) => spec.tolerations.push({ key: 'y' }), 'tainter'],
    ['a list of a container', ({ spec }) => spec.containers[0]!.args!.push('b'), 'vpa'],
    ['a port that nobody owns', ({ spec }) => (spec.containers[0]!.ports = []), undefined],
    ['nothing', () => undefined, undefined],
  ];
  test.each(changes)('%s', (_, change, writer) => {
    const now = structuredClone(before);
    change(now);
    expect(writerOf(metadata, { path: ['spec', 'template'], now, before })).toBe(writer);
  });

  it('is who added a container', () => {
    const now = structuredClone(before);
    const alone = { ...before, spec: { ...before.spec, containers: [before.spec.containers[0]!] } };
    expect(writerOf(metadata, { path: ['spec', 'template'], now, before: alone })).toBe('injector');
  });
});
