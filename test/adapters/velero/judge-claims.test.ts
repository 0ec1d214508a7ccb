import { describe, expect, it } from 'vitest';
import { judgeClaims } from '../../../src/adapters/velero/installation/judge-claims.ts';
import type { ClaimObject, PodObject } from '../../../src/adapters/velero/objects.ts';

const claim = (name: string, more: Pick<ClaimObject, 'spec' | 'status'> = {}): ClaimObject => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', status: { phase: 'Bound' } },
  ...{ metadata: { namespace: 'shop', name, uid: `uid-${name}` }, ...more },
});
const pod = (phase: string, claimName = 'data', more: PodObject['spec'] = {}): PodObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { namespace: 'shop', name: 'web-0' } },
  spec: {
    ...{ nodeName: 'n1', volumes: [{ name: 'files', persistentVolumeClaim: { claimName } }] },
    ...more,
  },
  status: { phase },
});
const asked = { method: 'fileSystem' as const, optional: [] as string[], secrets: false };
const readable =
  'Velero would leave it out and say nothing: start a pod that mounts it, write it under optional, or write method: snapshot';

describe('the claims whose data a set has to have', () => {
  it('are all of the namespaces, with the nodes on which they are read', () => {
    expect(judgeClaims(asked, [claim('data')], [pod('Running')])).toEqual({
      expected: [{ claim: 'shop/data', uid: 'uid-data' }],
      ...{ nodes: ['n1'], refusals: [], remarks: ['the data of 1 claims is kept'] },
    });
  });

  it('are without those that are optional', () => {
    const optional = ['shop/cache', 'shop/gone'];
    const { expected, refusals, remarks } = judgeClaims(
      { ...asked, optional },
      [claim('data'), claim('cache')],
      [pod('Running')],
    );
    expect({ expected, refusals }).toEqual({
      ...{ expected: [{ claim: 'shop/data', uid: 'uid-data' }], refusals: [] },
    });
    expect(remarks).toContain('shop/gone, which is optional, is not there');
  });

  it('need no pod where snapshots are taken', () => {
    const { nodes, refusals } = judgeClaims({ ...asked, method: 'snapshot' }, [claim('data')], []);
    expect({ nodes, refusals }).toEqual({ nodes: [], refusals: [] });
  });

  it('do not need pods of finished Jobs beside one that runs (Velero #6182, #3838)', () => {
    expect(
      judgeClaims(asked, [claim('data')], [pod('Running'), pod('Succeeded')]).refusals,
    ).toEqual([]);
  });
});

describe('a backup is refused before it begins', () => {
  it.each<[string, string[], string[]]>([
    [
      'where there is no claim',
      judgeClaims(asked, [], []).refusals,
      ['there is no claim whose data is to be kept: see the namespaces, the labels and optional'],
    ],
    [
      'where no pod mounts a claim, which Velero skips without a word',
      judgeClaims(asked, [claim('data')], []).refusals,
      [`claim shop/data cannot be read: no pod mounts it. ${readable}`],
    ],
    [
      'where only finished pods of Jobs mount it',
      judgeClaims(asked, [claim('data')], [pod('Succeeded')]).refusals,
      [`claim shop/data cannot be read: only pods that have ended mount it (web-0). ${readable}`],
    ],
    [
      'where the pod that mounts it does not run yet',
      judgeClaims(asked, [claim('data')], [pod('Pending')]).refusals,
      [`claim shop/data cannot be read: pod web-0, which mounts it, does not run. ${readable}`],
    ],
    [
      'where a claim is a block device',
      judgeClaims(asked, [claim('data', { spec: { volumeMode: 'Block' } })], []).refusals,
      ['claim shop/data is a block device, which has no files: write method: snapshot'],
    ],
    [
      'where a claim has no volume to take a snapshot of',
      judgeClaims(
        { ...asked, method: 'snapshot' },
        [claim('data', { status: { phase: 'Pending' } })],
        [],
      ).refusals,
      ['claim shop/data is Pending, and has no data: write it under optional'],
    ],
    [
      'where a pod needs a Secret that is not kept, so that its restore would never end',
      judgeClaims(
        asked,
        [claim('data')],
        [
          pod('Running', 'data', {
            containers: [
              { envFrom: [{ secretRef: { name: 'login' } }] },
              { env: [{ valueFrom: { secretKeyRef: { name: 'maybe', optional: true } } }] },
            ],
          }),
        ],
      ).refusals,
      [
        'pod shop/web-0 needs Secret login, and no restore through it would end without: write secrets: true',
      ],
    ],
  ])('%s', (_, refusals, reasons) => {
    expect(refusals).toEqual(reasons);
  });
});
