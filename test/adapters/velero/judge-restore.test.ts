import { describe, expect, it } from 'vitest';
import { judgeRestore } from '../../../src/adapters/velero/judge/judge-restore.ts';
import type { VolumeData } from '../../../src/adapters/velero/judge/volume-data.ts';
import type { WorkStatus } from '../../../src/adapters/velero/objects.ts';

const whole: VolumeData = {
  ...{ title: 'volume files of pod shop/web-0', phase: 'Completed', message: '' },
  ...{ isEmpty: false, bytes: 100, bytesDone: 100 },
};
const completed: WorkStatus = {
  ...{ phase: 'Completed', progress: { totalItems: 4, itemsRestored: 4 } },
};
const bound = new Map<string, string | undefined>([['copy/data', 'Bound']]);

const judge = (changes: Partial<Parameters<typeof judgeRestore>[0]> = {}) =>
  judgeRestore({
    ...{ status: completed, volumes: [whole], stored: [whole], claims: bound },
    ...changes,
  });

describe('a restore', () => {
  it.each<[string, string[], string[]]>([
    ['has brought back what its set has', judge(), []],
    [
      'brings back nothing of a volume that was empty',
      judge({ stored: [whole, { ...whole, isEmpty: true, bytes: 0 }] }),
      [],
    ],
    ['has warnings', judge({ status: { ...completed, warnings: 2 } }), []],
    [
      'that is Completed without the data has failed',
      judge({ volumes: [] }),
      ['the data of 0 of 1 volumes was restored'],
    ],
    [
      'that has less data than the set has failed',
      judge({ volumes: [{ ...whole, bytes: 40, bytesDone: 40 }] }),
      ['40 of 100 bytes were restored'],
    ],
    [
      'whose volume failed has failed',
      judge({ volumes: [{ ...whole, phase: 'Failed', message: 'no such snapshot' }] }),
      ['volume files of pod shop/web-0 is Failed: no such snapshot'],
    ],
    [
      'whose claims are not bound has failed',
      judge({
        claims: new Map([
          ['copy/data', 'Pending'],
          ['copy/cache', undefined],
        ]),
      }),
      ['claim copy/data is Pending', 'claim copy/cache is not there'],
    ],
    [
      'with errors has failed',
      judge({ status: { ...completed, phase: 'PartiallyFailed', errors: 1 } }),
      ['Velero says PartiallyFailed', 'Velero counts 1 error'],
    ],
  ])('%s', (_, problems, reasons) => {
    expect(problems).toEqual(reasons);
  });
});
