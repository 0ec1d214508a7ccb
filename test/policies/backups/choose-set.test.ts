import { describe, expect, it } from 'vitest';
import type { BackupSet, RepositoryContents } from '../../../src/contracts/backups/backup-set.ts';
import { chooseSet, type ChooseSet } from '../../../src/policies/backups/choose-set.ts';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { at, contentsOf, damaged, entryOf, rangeOf, setAt, verified } from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');
const log = [rangeOf([1, 60], ['2026-11-22T00:00Z', '2026-11-28T06:30Z'])];
const stops = { monday: '2026-11-23T02:00:30Z', tuesday: '2026-11-24T02:00:30Z' };
const monday = setAt(stops.monday, { label: 'monday', segments: [10, 10] });
const tuesday = setAt(stops.tuesday, { label: 'tuesday', segments: [20, 20] });
const week = [monday, tuesday];

function choose(
  request: Partial<ChooseSet> & Pick<ChooseSet, 'target'>,
  contents: RepositoryContents[] = [contentsOf(week, { wal: log })],
  entries: ReturnType<typeof entryOf>[] = [],
): string {
  const repositories = contents.map((one) => judgeSets({ contents: one, entries, nowMs }));
  const choice = chooseSet({ repositories, nowMs, ...request });
  if (!choice.ok) return choice.problem;
  const { repository, judged } = choice.chosen;
  return `${repository}/${judged.set.label}`;
}

const time = (moment: string) => ({ kind: 'time' as const, atMs: at(moment) });

describe('the set that a restore begins with', () => {
  it.each([
    ['a second before the end of a set', '2026-11-24T02:00:29Z', 'main/monday'],
    ['at the end of a set', '2026-11-24T02:00:30Z', 'main/monday'],
    ['less than a second after it', '2026-11-24T02:00:30.999Z', 'main/monday'],
    ['a second after it', '2026-11-24T02:00:31Z', 'main/tuesday'],
  ])('is the earlier one where the target is before, at or just after: %s', (_, moment, label) => {
    expect(choose({ target: time(moment) })).toBe(label);
  });

  it('is that of another repository where the first one is behind', () => {
    const from = (repository: string, label: string, atMs: number, madeBy: string) =>
      contentsOf([{ ...setAt(atMs, { label }), repository, madeBy }], { repository });
    const main = from('main', 'old', nowMs - 10 * 86_400_000, 'backup@1/3');
    const offsite = from('offsite', 'new', nowMs - 86_400_000, 'backup@10/4');
    for (const kind of ['latest', 'set'] as const) {
      expect(choose({ target: { kind } }, [main, offsite])).toBe('offsite/new');
    }
    expect(choose({ target: time('2026-11-29T11:00Z') }, [main, offsite])).toBe('offsite/new');
    const sameRun = from('main', 'same', nowMs - 86_400_000 - 60_000, 'backup@10/3');
    expect(choose({ target: { kind: 'latest' } }, [sameRun, offsite])).toBe('main/same');
  });

  it('is the newest one for the newest state', () => {
    expect(choose({ target: { kind: 'set' } })).toBe('main/tuesday');
    expect(choose({ target: { kind: 'latest' } })).toBe('main/tuesday');
  });

  it('is by position where the clock of the source was put back between two sets', () => {
    const turnedBack = setAt('2026-11-23T01:00:30Z', { label: 'turnedBack', segments: [12, 12] });
    const contents = [contentsOf([turnedBack, monday], { wal: log })];
    expect(choose({ target: { kind: 'latest' } }, contents)).toBe('main/turnedBack');
    expect(choose({ target: time('2026-11-23T01:30Z') }, contents)).toContain('cannot be reached');
    const sunday = setAt('2026-11-22T02:00Z', { label: 'sunday', segments: [5, 5] });
    expect(
      choose({ target: time('2026-11-23T01:30Z') }, [
        contentsOf([sunday, turnedBack, monday], { wal: log }),
      ]),
    ).toBe('main/sunday');
  });

  it('is found by a position in the log', () => {
    expect(choose({ target: { kind: 'lsn', lsn: '0/14000028' } })).toBe('main/monday');
    expect(choose({ target: { kind: 'lsn', lsn: '0/14000100' } })).toBe('main/tuesday');
    expect(choose({ target: { kind: 'lsn', lsn: '0/3D000000' } })).toMatch(
      /^the position 0\/3D000000 cannot be reached; main: you can go back to any moment from/,
    );
  });

  it('is of the next repository where the first cannot reach the target', () => {
    const offsite: BackupSet = { ...monday, repository: 'offsite', label: 'copied' };
    const contents = [
      contentsOf([tuesday], { wal: log }),
      contentsOf([offsite], { repository: 'offsite', wal: log }),
    ];
    expect(choose({ target: time('2026-11-24T00:00Z') }, contents)).toBe('offsite/copied');
    expect(choose({ target: time('2026-11-25T00:00Z') }, contents)).toBe('main/tuesday');
  });

  it('tells which segments may be replayed', () => {
    const repositories = [
      judgeSets({ contents: contentsOf(week, { wal: log }), entries: [], nowMs }),
    ];
    expect(chooseSet({ repositories, nowMs, target: { kind: 'latest' } })).toMatchObject({
      chosen: { wal: { first: '000000010000000000000014', last: '00000001000000000000003C' } },
    });
  });

  it('is the newest one before the target where the source has no log', () => {
    const files = [1, 2, 3].map((day) => setAt(`2026-11-2${day}T02:00Z`, { label: `${day}` }));
    expect(choose({ target: time('2026-11-22T02:00Z') }, [contentsOf(files)])).toBe('main/2');
    expect(choose({ target: time('2026-11-23T01:59Z') }, [contentsOf(files)])).toBe('main/2');
  });
});

describe('a restore that nothing leads to', () => {
  const possible =
    'any moment from 2026-11-23 02:00:31Z to the last commit that was archived by 2026-11-28 06:30:00Z';

  it.each([
    ['before the first set', '2026-11-23T02:00:30Z', '2026-11-23 02:00:30Z cannot be reached'],
    ['after the end of the log', '2026-11-28T07:00Z', '2026-11-28 07:00:00Z cannot be reached'],
    ['in the future', '2027-01-01T00:00Z', '2027-01-01 00:00:00Z is in the future'],
  ])('is refused with what is possible: %s', (_, moment, why) => {
    const problem = choose({ target: time(moment) });
    expect(problem).toContain(why);
    expect(problem).toContain(possible);
  });

  it('is refused in a gap, and the gap is named', () => {
    const holed = [
      rangeOf([1, 14], ['2026-11-22T00:00Z', '2026-11-23T12:00Z']),
      rangeOf([16, 60], ['2026-11-23T13:00Z', '2026-11-28T06:30Z']),
    ];
    const problem = choose({ target: time('2026-11-23T18:00Z') }, [
      contentsOf(week, { wal: holed }),
    ]);
    expect(problem).toMatch(/2026-11-23 18:00:00Z cannot be reached; .* except from .* missing/);
  });

  it('is refused for the newest state where the log has a gap after every set', () => {
    const holed = [
      rangeOf([1, 14], ['2026-11-22T00:00Z', '2026-11-23T12:00Z']),
      rangeOf([16, 60], ['2026-11-23T13:00Z', '2026-11-28T06:30Z']),
    ];
    const contents = [contentsOf([monday], { wal: holed })];
    expect(choose({ target: { kind: 'latest' } }, contents)).toMatch(
      /^the newest state cannot be reached; main: you can go back to any moment from/,
    );
    expect(choose({ target: { kind: 'set' } }, contents)).toBe('main/monday');
  });

  it('is refused for a set that is not there, is damaged, or ends after the target', () => {
    expect(choose({ target: { kind: 'set' }, label: 'sunday' })).toMatch(
      /^there is no set sunday: it may be still in the making, or have expired; main: you can/,
    );
    const entries = [entryOf(monday, { damaged })];
    const contents = [contentsOf(week, { wal: log })];
    expect(choose({ target: { kind: 'set' }, label: 'monday' }, contents, entries)).toMatch(
      /^monday of main is damaged \(pack 1f: does not/,
    );
    const readAgain = { ...verified, atMs: damaged.atMs + 1 };
    expect(
      choose({ target: { kind: 'set' }, label: 'monday' }, contents, [
        entryOf(monday, { damaged, verified: readAgain }),
      ]),
    ).toBe('main/monday');
    const inPart = { ...readAgain, extent: { kind: 'sample' as const, percent: 10 } };
    expect(
      choose({ target: { kind: 'set' }, label: 'monday' }, contents, [
        entryOf(monday, { damaged, verified: inPart }),
      ]),
    ).toMatch(/^monday of main is damaged/);
    expect(choose({ target: time('2026-11-23T12:00Z'), label: 'tuesday' })).toContain(
      '2026-11-23 12:00:00Z cannot be reached from tuesday; ',
    );
    expect(choose({ target: time('2026-11-25T12:00Z'), label: 'monday' })).toBe('main/monday');
  });
});
