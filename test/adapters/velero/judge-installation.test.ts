import { describe, expect, it } from 'vitest';
import {
  judgeInstallation,
  type Installation,
} from '../../../src/adapters/velero/installation/judge-installation.ts';
import type { LocationObject, PodObject } from '../../../src/adapters/velero/objects.ts';

const agent = (status: 'True' | 'False'): PodObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'node-agent-1' } },
  spec: { nodeName: 'n1' },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status }] },
});
const location = (more: Pick<LocationObject, 'spec' | 'status'> = {}): LocationObject => ({
  ...{ apiVersion: 'velero.io/v1', kind: 'BackupStorageLocation', metadata: { name: 'main' } },
  status: { phase: 'Available' },
  ...more,
});
const sound: Installation = {
  ...{ namespace: 'velero', missing: [], version: 'v1.18.0', askedForS: 15 },
  ...{ ready: { replicas: 1, of: 1 }, agents: [agent('True')] },
  locations: new Map([['main', location()]]),
};
const judge = (changes: Partial<Installation>) =>
  judgeInstallation({ ...sound, ...changes }, ['n1']);

describe('Velero in a cluster', () => {
  it.each<[string, string[], string[]]>([
    ['can back up', judge({}), []],
    ['can be a build of its own', judge({ version: 'main' }), []],
    [
      'is not there',
      judge({ missing: ['Backup (v1)', 'DataUpload (v2alpha1)'] }),
      [
        'the cluster has no Backup (v1), DataUpload (v2alpha1) of velero.io: install Velero 1.12 or later',
      ],
    ],
    [
      'does not answer, although its definitions are there',
      judge({ version: undefined, ready: { replicas: 0, of: 1 } }),
      [
        'Velero did not answer in namespace velero within 15 s: Deployment velero/velero has 0 of 1 pods ready',
      ],
    ],
    [
      'was never started',
      judge({ version: undefined, ready: undefined }),
      [
        'Velero did not answer in namespace velero within 15 s: there is no Deployment velero/velero',
      ],
    ],
    ['is too old', judge({ version: 'v1.9.7' }), ['Velero is v1.9.7; 1.12 or later is needed']],
    [
      'has no node agent where volumes are read',
      judge({ agents: [agent('False')] }),
      [
        'no node agent of Velero is ready on node n1, where volumes are read: see DaemonSet velero/node-agent',
      ],
    ],
    [
      'lacks a location, cannot reach one, has not looked at one, and may not write to one: each is named',
      judge({
        locations: new Map([
          ['gone', undefined],
          ['away', location({ status: { phase: 'Unavailable', message: 'no such host' } })],
          ['new', location({ status: {} })],
          ['old', location({ spec: { accessMode: 'ReadOnly' }, status: { phase: 'Available' } })],
        ]),
      }),
      [
        'there is no storage location velero/gone',
        'storage location away is Unavailable: no such host',
        'storage location new is not validated yet',
        'storage location old is read-only',
      ],
    ],
  ])('%s', (_, refusals, reasons) => {
    expect(refusals).toEqual(reasons);
  });
});
