import { describe, expect, it } from 'vitest';
import type { BackupSet, WalRange } from '../../../src/contracts/backups/backup-set.ts';
import { judgeSets } from '../../../src/policies/backups/judge-sets.ts';
import { recoveryWindows } from '../../../src/policies/backups/recovery-windows.ts';
import { describeRecovery } from '../../../src/render/backups/describe-recovery.ts';
import { at, contentsOf, damaged, entryOf, rangeOf, setAt } from './backup-sets.ts';

const nowMs = at('2026-11-29T12:00Z');

function lineOf(
  sets: readonly BackupSet[],
  wal?: readonly WalRange[],
  entries: ReturnType<typeof entryOf>[] = [],
): string {
  const contents = contentsOf(sets, wal && { wal });
  const short = (ms: number) => new Date(ms).toISOString().slice(8, 19);
  return describeRecovery(recoveryWindows(judgeSets({ contents, entries, nowMs })), short);
}

const monday = setAt('2026-11-23T02:00Z', { label: 'monday', segments: [10, 10] });
const tuesday = setAt('2026-11-24T02:00Z', { label: 'tuesday', segments: [20, 20] });

describe('to what moments one can go back', () => {
  it('reaches from a second after the first set to the last segment that was archived', () => {
    const log = [rangeOf([1, 30], ['2026-11-22T00:00Z', '2026-11-25T06:30Z'])];
    expect(lineOf([monday, tuesday], log)).toBe(
      'you can go back to any moment from 23T02:00:01 to the last commit that was archived by 25T06:30:00',
    );
  });

  it('has a gap from a missing segment to the end of the next set', () => {
    const log = [
      rangeOf([1, 14], ['2026-11-22T00:00Z', '2026-11-23T12:00Z']),
      rangeOf([16, 30], ['2026-11-23T13:00Z', '2026-11-25T06:30Z']),
    ];
    expect(lineOf([monday, tuesday], log)).toBe(
      'you can go back to any moment from 23T02:00:01 to the last commit that was archived by 25T06:30:00, except from the last commit before 23T12:00:00 to 24T02:00:01 (WAL segment 00000001000000000000000F is missing; the next set, tuesday, ended after that)',
    );
  });

  it('ends at a gap that no set follows, and says what is lost', () => {
    const log = [
      rangeOf([1, 24], ['2026-11-22T00:00Z', '2026-11-24T12:00Z']),
      rangeOf([27, 30], ['2026-11-24T14:00Z', '2026-11-25T06:30Z']),
    ];
    expect(lineOf([monday, tuesday], log)).toContain(
      'except from the last commit before 24T12:00:00 to 25T06:30:00 (WAL segments from 000000010000000000000019 to 00000001000000000000001A are missing; no set was made after that)',
    );
  });

  it('goes on over a timeline that begins where the one before it ended', () => {
    const log = [
      rangeOf([1, 22], ['2026-11-22T00:00Z', '2026-11-24T12:00Z']),
      rangeOf([23, 40], ['2026-11-24T12:05Z', '2026-11-26T00:00Z'], 2),
    ];
    expect(lineOf([monday], log)).toBe(
      'you can go back to any moment from 23T02:00:01 to the last commit that was archived by 26T00:00:00',
    );
  });

  it('does not go on over a timeline whose beginning is missing', () => {
    const log = [
      rangeOf([1, 22], ['2026-11-22T00:00Z', '2026-11-24T12:00Z']),
      rangeOf([25, 40], ['2026-11-24T12:05Z', '2026-11-26T00:00Z'], 2),
    ];
    expect(lineOf([monday], log)).toContain(
      '(WAL of timeline 2 does not follow that of timeline 1, which ends before 000000010000000000000017; no set',
    );
  });

  it('a set from after a fork does not follow it', () => {
    const after = setAt('2026-11-24T18:00Z', { label: 'after', segments: [25, 25] });
    const log = [
      rangeOf([1, 26], ['2026-11-22T00:00Z', '2026-11-24T20:00Z']),
      rangeOf([23, 40], ['2026-11-24T12:05Z', '2026-11-26T00:00Z'], 2),
    ];
    expect(lineOf([after], log)).toContain(
      'except from the last commit before 24T20:00:00 to 26T00:00:00 (timeline 2 left timeline 1 before the last set of that ended; no set',
    );
  });

  it('counts only what can be restored', () => {
    const log = [rangeOf([1, 30], ['2026-11-22T00:00Z', '2026-11-25T06:30Z'])];
    const line =
      'you can go back to any moment from 24T02:00:01 to the last commit that was archived by 25T06:30:00';
    expect(lineOf([{ ...monday, error: 'page checksum' }, tuesday], log)).toBe(line);
    expect(lineOf([monday, tuesday], log, [entryOf(monday, { damaged })])).toBe(line);
    const incremental = { ...monday, type: 'incremental' as const, needs: ['sunday'] };
    expect(lineOf([incremental, tuesday], log)).toBe(line);
    expect(lineOf([{ ...monday, wal: setAt(0, { segments: [0, 1] }).wal! }, tuesday], log)).toBe(
      line,
    );
  });

  it('is the end of the set where the log does not go on after it', () => {
    const log = [rangeOf([1, 10], ['2026-11-22T00:00Z', '2026-11-23T02:00Z'])];
    expect(lineOf([monday], log)).toBe('you can go back to 23T02:00:00, and to no other moment');
    const gone = [rangeOf([20, 30], ['2026-11-24T01:00Z', '2026-11-25T06:30Z']), ...log];
    expect(lineOf([monday, tuesday], gone)).toBe(
      'you can go back to any moment from 24T02:00:01 to the last commit that was archived by 25T06:30:00, and to the end of a set: 23T02:00:00 (monday)',
    );
  });

  it('is the end of each set where the source has no log', () => {
    const files = [1, 2, 3].map((day) => setAt(`2026-11-2${day}T02:00Z`));
    expect(lineOf(files)).toBe(
      'you can go back to 3 moments from 21T02:00:00 to 23T02:00:00: the end of each set',
    );
    expect(lineOf([])).toContain('you cannot go back to any moment');
  });

  it('knows segments of another size by the positions of the sets', () => {
    const wal = {
      start: { timeline: 1, segment: '000000010000000100000003', lsn: '1/C0000028' },
      stop: { timeline: 1, segment: '000000010000000100000003', lsn: '1/C0000100' },
    };
    const gibibytes = { ...setAt('2026-11-23T02:00Z'), wal };
    const ranges: WalRange[] = [
      {
        ...rangeOf([0, 0], ['2026-11-22T00:00Z', '2026-11-23T02:00Z']),
        ...{ first: '000000010000000100000001', last: '000000010000000100000003' },
      },
      {
        ...rangeOf([0, 0], ['2026-11-23T02:00Z', '2026-11-25T06:30Z']),
        ...{ first: '000000010000000200000000', last: '000000010000000200000002' },
      },
    ];
    expect(lineOf([gibibytes], ranges)).toBe(
      'you can go back to any moment from 23T02:00:01 to the last commit that was archived by 25T06:30:00',
    );
  });
});
