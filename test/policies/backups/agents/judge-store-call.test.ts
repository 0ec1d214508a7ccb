import { describe, expect, it } from 'vitest';
import type { Source } from '../../../../src/contracts/backups/source.ts';
import {
  isWithinAny,
  judgeStoreCall,
  type NamedByCall,
} from '../../../../src/policies/backups/agents/judge-store-call.ts';
import type { BackupSettings } from '../../../../src/specs/backups/agent-settings.ts';

const tool = { program: '/usr/bin/tool', environment: {}, secrets: {} };
const settings: BackupSettings = {
  clusters: [
    {
      failover: false,
      ...{ name: 'main', dataFolder: '/data', socketFolder: '/run', port: 5432 },
      ...{ user: 'postgres', database: 'postgres' },
      pgbackrest: {
        ...tool,
        ...{ config: '/etc/pgbackrest.conf', stanza: 'main', allowPrimary: true },
        repositories: { main: 1, offsite: 2 },
      },
    },
  ],
  repositories: [{ name: 'files', location: '/srv/restic', ...tool }],
  clustersWithout: ['orders'],
  paths: ['/srv/uploads'],
  kubernetes: { contexts: ['prod'], namespaces: ['shop', 'drill-shop'] },
  velero: { namespace: 'velero', locations: ['default'] },
};
const nothing: BackupSettings = { clusters: [], repositories: [], paths: [] };

const postgres: Source = { kind: 'postgres', cluster: 'main' };
const files: Source = { kind: 'files', paths: ['/etc'], exclude: [] };
const objects = (namespaces: string[], context?: string): Source => ({
  ...{ kind: 'kubernetes', namespaces, labels: {}, secrets: false },
  ...(context !== undefined && { context }),
});
const volumes = (namespaces: string[]): Source => ({
  ...{ kind: 'volumes', namespaces, labels: {}, method: 'fileSystem', optional: [] },
  ...{ secrets: false, withinMs: 60_000 },
});
const named = (source: Source, more: Partial<NamedByCall> = {}): NamedByCall => ({
  ...{ source, repositories: [], labels: [], touchesSource: false },
  ...more,
});

describe('a call that names only what the settings list', () => {
  it.each<[string, NamedByCall]>([
    ['a cluster and its repositories', named(postgres, { repositories: ['main', 'offsite'] })],
    ['the set of a cluster', named(postgres, { labels: ['20261129-080000F_20261129-090000I'] })],
    ['a repository of files', named(files, { repositories: ['files'], labels: ['1f2e3d4c'] })],
    ['a namespace', named(objects(['shop'], 'prod'), { touchesSource: true })],
    [
      'volumes, and a storage location',
      named(volumes(['shop']), { touchesSource: true, repositories: ['default'] }),
    ],
    ['a namespace that is elsewhere, which is only read of', named(objects(['billing']))],
    [
      'a namespace that is restored under another name',
      named(objects(['billing']), {
        touchesSource: true,
        into: { kind: 'namespaces', map: { billing: 'drill-shop' }, drill: true },
      }),
    ],
  ])('%s', (_, call) => {
    expect(judgeStoreCall(settings, call)).toEqual([]);
  });
});

describe('a call is refused with every reason', () => {
  it.each<[string, NamedByCall, string[]]>([
    [
      'volumes of other namespaces, in place, in the repository of files',
      named(volumes(['billing']), {
        ...{ touchesSource: true, repositories: ['files'], into: { kind: 'place' } },
      }),
      [
        'it has no namespace "billing"; one of: shop, drill-shop',
        'Velero changes no volume that is there: restore into other namespaces',
        'it has no repository "files"; one of: default',
      ],
    ],
    [
      'an unknown cluster, whose repositories are not known either',
      named({ kind: 'postgres', cluster: 'mian' }, { repositories: ['main'] }),
      ['it has no cluster "mian"; did you mean "main"? (one of: main)'],
    ],
    [
      'a cluster that pgBackRest is not configured for',
      named({ kind: 'postgres', cluster: 'orders' }, { repositories: ['main'] }),
      [
        'cluster orders has no `pgbackrest` in its settings, so that it is not backed up: write it under clusters.orders',
      ],
    ],
    [
      'repositories of another kind of source',
      named(postgres, { repositories: ['files', 'offsit', 'files'] }),
      [
        'it has no repository "files"; one of: main, offsite',
        'it has no repository "offsit"; did you mean "offsite"? (one of: main, offsite)',
      ],
    ],
    [
      'labels that a tool would take for options, or for paths',
      named(files, { repositories: ['files'], labels: ['--repo2', '../x', ''] }),
      [
        '"--repo2" is not the label of a set',
        '"../x" is not the label of a set',
        '"" is not the label of a set',
      ],
    ],
    [
      'a context and a namespace',
      named(objects(['shop', 'kube-system'], 'staging'), { touchesSource: true }),
      [
        'it has no context "staging"; one of: prod',
        'it has no namespace "kube-system"; one of: shop, drill-shop',
      ],
    ],
    [
      'a namespace to restore into',
      named(objects(['shop']), {
        touchesSource: true,
        into: { kind: 'namespaces', map: { shop: 'billing' }, drill: false },
      }),
      ['it has no namespace "billing"; one of: shop, drill-shop'],
    ],
  ])('%s', (_, call, reasons) => {
    expect(judgeStoreCall(settings, call)).toEqual(reasons);
  });

  it('an agent that backs nothing up', () => {
    expect(judgeStoreCall(nothing, named(postgres, { repositories: ['main'] }))).toEqual([
      'it has no cluster "main"; its settings name none',
    ]);
    expect(judgeStoreCall(nothing, named(objects(['shop']), { touchesSource: true }))).toEqual([
      'its settings allow no Kubernetes cluster',
    ]);
  });
});

it.each([
  ['/srv/uploads', true],
  ['/srv/uploads/2026/a', true],
  ['/srv/uploads-old', false],
  ['/srv', false],
])('%s is within the paths: %s', (path, isWithin) => {
  expect(isWithinAny(path, ['/etc/shop', '/srv/uploads'])).toBe(isWithin);
});
