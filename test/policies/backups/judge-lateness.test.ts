import { describe, expect, it } from 'vitest';
import type { BackupSet, RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import type { CatalogueEntry } from '../../../src/contracts/backups/catalogue.ts';
import { judgeLateness, type Expectations } from '../../../src/policies/backups/judge-lateness.ts';
import { overviewsOf } from '../../../src/policies/backups/overview.ts';
import {
  at,
  component,
  contentsOf,
  damaged,
  dayMs,
  entryOf,
  hourMs,
  plan,
  proven,
  rangeOf,
  setAt,
  verified,
} from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');
const own = { ...component, repositories: ['main'] };
const ago = (hours: number, more: Partial<BackupSet> = {}) =>
  setAt(nowMs - hours * hourMs, { label: `${hours}h`, ...more });

function lateOf(
  sets: readonly [BackupSet, Partial<CatalogueEntry>?][],
  expectations: Partial<Expectations>,
  more: Partial<RepositoryContents> = {},
): string[] {
  const overviews = overviewsOf({
    entries: sets.map(([set, facts]) => ({ ...entryOf(set, facts), component: own })),
    known: [
      {
        ...{ ...plan, component: own, runRef: 'run@1' },
        contents: contentsOf([], { readAtMs: nowMs - hourMs, ...more }),
      },
    ],
    ...{ retentionOf: () => undefined, nowMs },
  });
  const asked = { components: [own], replicateTo: {}, ...expectations };
  return judgeLateness(overviews, asked, nowMs).map(({ kind, text }) => `${kind}: ${text}`);
}

describe('what is late', () => {
  it('is nothing where all is as expected', () => {
    const proof = { ...proven, atMs: nowMs - dayMs };
    const wal = [rangeOf([1, 20], [nowMs - 9 * hourMs, nowMs - hourMs - 60_000])];
    const set = { ...ago(8), wal: setAt(0, { segments: [3, 4] }).wal! };
    expect(
      lateOf(
        [[set, { verified, proven: proof }]],
        {
          ...{ restorableWithinMs: 30 * hourMs, verifiedWithinMs: 30 * hourMs },
          ...{ provenWithinMs: 8 * dayMs, rpoMs: 5 * 60_000 },
        },
        { wal },
      ),
    ).toEqual([]);
  });

  it.each<[string, Parameters<typeof lateOf>, string[]]>([
    ['no set at all', [[], {}], ['missing: main has no set that can be restored']],
    [
      'only a set that has failed',
      [[[ago(2, { error: 'no space left' })]], {}],
      ['missing: main has no set that can be restored; the newest set has failed: no space left'],
    ],
    [
      'a backup that did not run',
      [[[ago(54)]], { restorableWithinMs: 30 * hourMs }],
      ['too-old: the newest set that can be restored, 54h, is 2d6h old; at most 1d6h is expected'],
    ],
    [
      'a newest set that is damaged',
      [[[ago(26)], [ago(2), { damaged }]], { restorableWithinMs: 30 * hourMs }],
      [expect.stringMatching(/^partial: the newest set, 2h, is damaged \(pack 1f/) as string],
    ],
    [
      'sets that nobody has read back',
      [[[ago(2)]], { verifiedWithinMs: 30 * hourMs }],
      ['unverified: the content of no set was verified'],
    ],
    [
      'a verification of yesterday, while the backup of today fails: yesterday is not today',
      [
        [[ago(50), { verified: { ...verified, atMs: nowMs } }], [ago(2)]],
        { verifiedWithinMs: 30 * hourMs },
      ],
      [
        'unverified: the newest set whose content was verified, 50h, is 2d2h old; at most 1d6h is expected',
      ],
    ],
    [
      'no drill',
      [[[ago(2)]], { provenWithinMs: 8 * dayMs }],
      ['unproven: no drill has ever proven that it can be restored'],
    ],
    [
      'the last drill too long ago, although what it proved has expired',
      [
        [
          [ago(2)],
          [
            ago(400),
            {
              proven: { ...proven, atMs: nowMs - 16 * dayMs },
              expired: { atMs: nowMs, runRef: 'r', why: 'old' },
            },
          ],
        ],
        { provenWithinMs: 8 * dayMs },
      ],
      ['unproven: the last drill that passed was 16d ago; at most 8d is expected'],
    ],
    [
      'a set without its copy',
      [[[ago(2)]], { replicateTo: { database: 'offsite' } }],
      ['not-replicated: 2h was made 2h ago, and has no copy in offsite'],
    ],
    [
      'a repository that nobody reads any more',
      [[[ago(2)]], { restorableWithinMs: 30 * hourMs }, { readAtMs: nowMs - 3 * dayMs }],
      ['unread: main was read 3d ago for the last time: what it has now is not known'],
    ],
  ])('is told: %s', (_, given, late) => {
    expect(lateOf(...given)).toEqual(late);
  });

  it('is a log that ends too early, and every gap in it', () => {
    const set = { ...ago(20), wal: setAt(0, { segments: [3, 4] }).wal! };
    const next = { ...ago(9), wal: setAt(0, { segments: [14, 14] }).wal! };
    const wal = [
      rangeOf([1, 9], [nowMs - 21 * hourMs, nowMs - 12 * hourMs]),
      rangeOf([12, 20], [nowMs - 10 * hourMs, nowMs - 3 * hourMs]),
    ];
    expect(lateOf([[set], [next]], { rpoMs: 15 * 60_000 }, { wal })).toEqual([
      expect.stringMatching(
        /^gap: there is a gap from 2026-11-29 00:00:00Z to 2026-11-29 03:00:01Z: WAL segments from/,
      ),
      'log-late: the log ended 2h before it was read; at most 15m may be lost',
    ]);
  });

  it('is one thing where everything was off for three days', () => {
    const expected = { restorableWithinMs: 30 * hourMs, verifiedWithinMs: 30 * hourMs };
    const set: [BackupSet, Partial<CatalogueEntry>] = [ago(80), { verified }];
    expect(lateOf([set], expected, { readAtMs: nowMs - 80 * hourMs })).toEqual([
      'too-old: the newest set that can be restored, 80h, is 3d8h old; at most 1d6h is expected; ' +
        'main was read 3d8h ago for the last time: what it has now is not known',
    ]);
    expect(lateOf([set, [ago(0.5), { verified }]], expected)).toEqual([]);
  });

  it('is a component that nobody has ever seen', () => {
    expect(judgeLateness([], { components: [component], replicateTo: {} }, nowMs)).toMatchObject([
      { kind: 'missing', component: 'database', repository: 'main' },
      { kind: 'missing', component: 'database', repository: 'offsite' },
    ]);
  });
});
