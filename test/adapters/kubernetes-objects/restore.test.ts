import { describe, expect, test } from 'vitest';
import type { DynamicApi } from '../../../src/adapters/kubernetes-api/dynamic/dynamic-api.ts';
import type { StoredObject } from '../../../src/adapters/kubernetes-objects/objects/stored-object.ts';
import { removeApplied } from '../../../src/adapters/kubernetes-objects/restore/apply-plan.ts';
import {
  differences,
  fingerprint,
} from '../../../src/adapters/kubernetes-objects/restore/compare-objects.ts';
import {
  copyLabel,
  labelOf,
  planRestore,
} from '../../../src/adapters/kubernetes-objects/restore/plan-restore.ts';
import { refuseTargets } from '../../../src/adapters/kubernetes-objects/restore/refuse-targets.ts';
import { rehearse } from '../../../src/adapters/kubernetes-objects/restore/rehearse.ts';

function stored(kind: string, group = '', body: object = {}, name = 'web'): StoredObject {
  const isNamespaced = kind !== 'Namespace';
  const metadata = { name, ...(isNamespaced && { namespace: 'shop' }) };
  return {
    resource: {
      group,
      version: 'v1',
      plural: `${kind.toLowerCase()}s`,
      kind,
      isNamespaced,
      verbs: [],
    },
    object: { apiVersion: 'v1', kind, metadata, ...body },
  };
}

const namespace = stored('Namespace', '', {}, 'shop');
const kindsOf = (objects: readonly StoredObject[]) => objects.map(({ resource: { kind } }) => kind);
const drill = { kind: 'namespaces', map: { shop: 'shop-drill' }, drill: true } as const;

describe('what a restore applies', () => {
  test('what others need comes first, custom kinds before what runs, and what is seen outside last', () => {
    const set = [
      'Ingress',
      'CronJob',
      'Deployment',
      'Widget',
      'Service',
      'Secret',
      'ServiceAccount',
    ];
    const { objects, namespaces } = planRestore([...set.map((kind) => stored(kind)), namespace], {
      into: { kind: 'place' },
      copy: 'copy-1',
    });
    expect(kindsOf(objects)).toEqual(set.toReversed().toSpliced(5, 2, 'CronJob', 'Ingress'));
    expect(kindsOf(namespaces)).toEqual(['Namespace']);
  });

  test('a drill has its label on everything, and a policy that keeps what it starts from calling out', () => {
    const { objects, namespaces } = planRestore([namespace, stored('ConfigMap')], {
      into: drill,
      copy: 'copy-1',
    });
    expect(kindsOf(objects)).toEqual(['NetworkPolicy', 'ConfigMap']);
    for (const { object } of [...objects, ...namespaces]) {
      expect(object.metadata.labels).toEqual({ [copyLabel]: 'copy-1' });
    }
    expect(objects.map(({ object }) => object.metadata.namespace)).toEqual([
      'shop-drill',
      'shop-drill',
    ]);
  });

  test.each([
    ['Ingress', 'networking.k8s.io'],
    ['HTTPRoute', 'gateway.networking.k8s.io'],
    ['VirtualService', 'networking.istio.io'],
    ['Certificate', 'cert-manager.io'],
    ['DNSEndpoint', 'externaldns.k8s.io'],
    ['Application', 'argoproj.io'],
    ['Widget', 'example.com'],
  ])('a drill leaves out %s of %s', (kind, group) => {
    const plan = planRestore([namespace, stored(kind, group)], { into: drill, copy: 'copy-1' });
    expect(kindsOf(plan.objects)).toEqual(['NetworkPolicy']);
    expect(plan.leftOut).toEqual([`${kind} shop-drill/web`]);
  });

  test.each([
    [
      'a load balancer',
      'Service',
      {
        spec: {
          type: 'LoadBalancer',
          loadBalancerClass: 'x',
          loadBalancerSourceRanges: [],
          externalIPs: ['192.0.2.1'],
          externalTrafficPolicy: 'Local',
          ports: [{ port: 80 }],
        },
      },
      { type: 'ClusterIP', ports: [{ port: 80 }] },
    ],
    [
      'a cron job',
      'CronJob',
      { spec: { schedule: '* * * * *', suspend: false } },
      { schedule: '* * * * *', suspend: true },
    ],
  ])('a drill neutralises %s', (_, kind, body, expected) => {
    const group = kind === 'CronJob' ? 'batch' : '';
    const { objects } = planRestore([namespace, stored(kind, group, body)], {
      into: drill,
      copy: 'c',
    });
    expect(objects.at(-1)?.object['spec']).toEqual(expected);
  });

  test('a drill gives nothing a name of production', () => {
    const service = stored('Service', '', { spec: {} });
    const annotations = {
      'external-dns.alpha.kubernetes.io/hostname': 'shop.example.com',
      'example.com/team': 'shop',
    };
    service.object.metadata = { ...service.object.metadata, annotations };
    const { objects } = planRestore([namespace, service], { into: drill, copy: 'c' });
    expect(objects.at(-1)?.object.metadata.annotations).toEqual({ 'example.com/team': 'shop' });
  });

  test('every mapping that cannot be meant is refused at once', () => {
    const blog = stored('Namespace', '', {}, 'blog');
    const map = { shop: 'blog', stock: 'other' };
    const { refusals } = planRestore([namespace, blog], {
      into: { kind: 'namespaces', map, drill: true },
      copy: 'c',
    });
    expect(refusals).toEqual([
      'the set has no namespace stock; it has shop, blog',
      'two namespaces of the set would be restored into blog',
      'a drill is not restored into blog, which its set was made of: map it to another namespace',
    ]);
  });

  test('whatever a copy is called, its label can be written', () => {
    expect(labelOf('20261129T080000Z-0a1b2c3d-3')).toBe('20261129T080000Z-0a1b2c3d-3');
    expect(labelOf(`restore/${'x'.repeat(80)}-3`)).toMatch(/^[A-Za-z0-9][\w.-]{0,62}$/);
  });

  test('two copies never have one label', () => {
    const long = 'x'.repeat(70);
    const copies = ['a/b-1', 'a_b-1', `1${long}`, `2${long}`, long, '/', '//', labelOf('a/b-1')];
    expect(new Set(copies.map(labelOf)).size).toBe(copies.length);
  });
});

describe('what is there, compared with what was applied', () => {
  const applied = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', annotations: {} } },
    spec: { ports: [{ port: 80 }], selector: { app: 'web' }, externalName: null },
  };
  const there = {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', uid: 'u' } },
    spec: {
      ports: [{ port: 80, protocol: 'TCP' }],
      selector: { app: 'web' },
      clusterIP: '10.0.0.1',
    },
  };

  test('defaults and what the cluster adds are no difference', () => {
    expect(differences(fingerprint(applied, 'k'), there, 'k')).toEqual([]);
  });

  test('what is missing or another is named by its path', () => {
    const other = { ...there, spec: { ports: [{ port: 81 }], selector: {} } };
    expect(differences(fingerprint(applied, 'k'), other, 'k')).toEqual([
      'spec.ports[0]',
      'spec.selector.app',
    ]);
  });

  test('without its key, nobody can tell whether a fingerprint is of a value', () => {
    expect(fingerprint('hunter2', 'k')).toBe(fingerprint('hunter2', 'k'));
    expect(fingerprint('hunter2', 'k')).not.toBe(fingerprint('hunter2', 'another'));
    expect(differences(fingerprint(applied, 'k'), there, 'another')).not.toEqual([]);
  });

  test('a fingerprint has no value of a Secret in it', () => {
    const print = JSON.stringify(fingerprint({ data: { password: 'bm90LXRvLWJlLXNlZW4=' } }, 'k'));
    expect(print).toContain('password');
    expect(print).not.toContain('bm90LXRvLWJlLXNlZW4=');
  });
});

test('what a set has beside the namespaces of the settings is not applied', () => {
  const role = stored('ClusterRole', 'rbac.authorization.k8s.io', {}, 'reader');
  delete role.object.metadata.namespace;
  const plan = planRestore([namespace, stored('ConfigMap'), role], {
    into: { kind: 'place' },
    copy: 'copy-1',
  });
  expect(refuseTargets(plan, ['blog'])).toEqual([
    'Namespace shop is outside the namespaces of the agent’s settings',
    expect.stringMatching(/^ConfigMap .*web is outside/),
    expect.stringMatching(/^ClusterRole .*reader is outside/),
  ]);
  expect(refuseTargets(plan, ['shop'])).toEqual([expect.stringMatching(/^ClusterRole/)]);
});

describe('a rehearsal of a drill', () => {
  test.each([
    ['ServiceAccount', []],
    ['ConfigMap', [expect.stringContaining('is there already, and not of this drill')]],
  ])('%s "default" that is there already', async (kind, expected) => {
    const one = stored(kind, '', {}, 'default');
    const api = {
      discover: async () => ({ resources: [one.resource], failed: [] }),
      get: async () => one.object,
      apply: async () => one.object,
    } as unknown as DynamicApi;
    expect(await rehearse(api, { objects: [one], copy: 'copy-1' })).toEqual(expected);
  });
});

test('objects that were applied without a namespace of their own are removed, and waited for', async () => {
  const { resource, object } = stored('ConfigMap');
  const labels = { [copyLabel]: labelOf('copy-1') };
  const there = { ...object, metadata: { ...object.metadata, labels } };
  const removed: string[] = [];
  const api = {
    get: async () => (removed.length < 2 ? there : undefined),
    remove: async () => void removed.push(object.metadata.name),
  } as unknown as DynamicApi;
  const record = {
    ...{ copy: 'copy-1', namespaces: [] },
    objects: [{ resource, namespace: 'shop', name: 'web', applied: '' }],
  };
  expect(await removeApplied(api, record)).toEqual(['ConfigMap shop/web']);
  expect(await removeApplied(api, record)).toEqual(['ConfigMap shop/web']);
  expect(await removeApplied(api, record)).toEqual([]);
});
