import { describe, expect, it } from 'vitest';
import { judgeBackup } from '../../../src/adapters/velero/judge/judge-backup.ts';
import { describeStuck, describeWork } from '../../../src/adapters/velero/judge/judge-work.ts';
import { ofDataMove, ofPodVolume } from '../../../src/adapters/velero/judge/volume-data.ts';
import type { DataStatus, WorkStatus } from '../../../src/adapters/velero/objects.ts';

const stored: DataStatus = {
  ...{ phase: 'Completed', snapshotID: 'k1', progress: { totalBytes: 100, bytesDone: 100 } },
};
const completed: WorkStatus = {
  ...{ phase: 'Completed', progress: { totalItems: 12, itemsBackedUp: 12 } },
};
const expected = [{ claim: 'shop/data', uid: 'u-1' }];

const file = (status: DataStatus = stored, uid: string | undefined = 'u-1') =>
  ofPodVolume({
    ...{ apiVersion: 'velero.io/v1', kind: 'PodVolumeBackup' },
    metadata: { name: 'b-1', ...(uid !== '' && { labels: { 'velero.io/pvc-uid': uid } }) },
    spec: { volume: 'files', node: 'n1', pod: { namespace: 'shop', name: 'web-0' } },
    status,
  });
const upload = (status: DataStatus = stored) =>
  ofDataMove({
    ...{ apiVersion: 'velero.io/v2alpha1', kind: 'DataUpload', metadata: { name: 'b-1' } },
    spec: { sourceNamespace: 'shop', sourcePVC: 'data' },
    status,
  });

const judge = (status: WorkStatus, volumes = [file()], claims = expected) =>
  judgeBackup({ status, volumes, expected: claims });

describe('a backup is whole', () => {
  it.each([
    ['with the files of its claim', judge(completed)],
    ['with the snapshot of its claim', judge(completed, [upload()])],
    [
      'with a volume that is empty, of which Velero stores nothing',
      judge(completed, [file({ phase: 'Completed', message: 'volume was empty' })]),
    ],
    [
      'with warnings, such as of finished pods of Jobs (Velero #6182, #3838)',
      judge({ ...completed, warnings: 3 }),
    ],
    ['with volumes of no claim beside', judge(completed, [file(), file(stored, '')])],
  ])('%s', (_, problems) => {
    expect(problems).toEqual([]);
  });
});

describe('a backup is no set', () => {
  it.each<[string, string[], string[]]>([
    [
      'Completed with a failed volume (Velero #6212)',
      judge(completed, [file({ phase: 'Failed', message: 'node is gone' })]),
      ['volume files of pod shop/web-0 is Failed on n1: node is gone'],
    ],
    [
      'Completed with a snapshot that was cancelled',
      judge(completed, [upload({ phase: 'Canceled', message: 'timed out' })]),
      ['claim shop/data is Canceled: timed out'],
    ],
    [
      'Completed with a part of the bytes',
      judge(completed, [file({ ...stored, progress: { totalBytes: 100, bytesDone: 99 } })]),
      ['volume files of pod shop/web-0 is Completed on n1, 99 of 100 bytes'],
    ],
    ['Completed without a volume', judge(completed, []), ['it has the data of no volume']],
    [
      'Completed without a claim that it was to have',
      judge(completed, [file()], [...expected, { claim: 'shop/cache', uid: 'u-2' }]),
      ['the data of claim shop/cache is not in it'],
    ],
    [
      'Completed with fewer objects than there were',
      judge({ ...completed, progress: { totalItems: 12, itemsBackedUp: 11 } }),
      ['11 of 12 objects are in it'],
    ],
    ['Completed without an object', judge({ phase: 'Completed' }), ['it has no object']],
    [
      'Completed with errors, hooks and operations that failed',
      judge({
        ...completed,
        ...{ errors: 1, hookStatus: { hooksAttempted: 2, hooksFailed: 1 } },
        ...{ backupItemOperationsAttempted: 2, backupItemOperationsCompleted: 1 },
      }),
      [
        'Velero counts 1 error',
        '1 hook of its pods failed',
        '1 of 2 operations of its plugins completed',
      ],
    ],
    [
      'PartiallyFailed with every volume (Velero #8339)',
      judge({ ...completed, phase: 'PartiallyFailed', errors: 2 }),
      ['Velero says PartiallyFailed', 'Velero counts 2 errors'],
    ],
    [
      'Failed because the server was started again (Velero #4503)',
      judge({ phase: 'Failed', failureReason: 'found a backup with status InProgress' }),
      ['Velero says Failed', 'found a backup with status InProgress'],
    ],
    [
      'FailedValidation, with each reason',
      judge({ phase: 'FailedValidation', validationErrors: ['no such location'] }, []),
      ['Velero says FailedValidation', 'no such location', 'it has the data of no volume'],
    ],
    ['being deleted', judge({ ...completed, phase: 'Deleting' }), ['Velero says Deleting']],
  ])('%s', (_, problems, reasons) => {
    expect(problems).toEqual(reasons);
  });
});

describe('what waits says how far it is, and what it waits for', () => {
  it('in the queue', () => {
    const queued = { phase: 'Queued', queuePosition: 2 };
    expect(describeWork('Backup b', queued, [])).toBe('Backup b is Queued (number 2 in the queue)');
    expect(describeWork('Backup b', {}, [])).toBe('Backup b is not taken up by the server');
  });

  it('under way', () => {
    const status = { phase: 'InProgress', progress: { totalItems: 12, itemsBackedUp: 5 } };
    const volumes = [file(), file({ phase: 'Accepted', message: 'no room on the node' }, 'u-2')];
    expect(describeWork('Backup b', status, volumes)).toBe(
      'Backup b is InProgress, 5 of 12 objects, 1 of 2 volumes',
    );
    expect(describeStuck(volumes)).toEqual([
      'volume files of pod shop/web-0 is Accepted on n1: no room on the node',
    ]);
  });
});
