import { describe, expect, test } from 'vitest';
import {
  parseInfo,
  type Info,
  type InfoBackup,
} from '../../../../src/adapters/pgbackrest/repository/info.ts';
import { readSets } from '../../../../src/adapters/pgbackrest/repository/sets.ts';
import { recorded } from '../recorded.ts';

const main = { key: 2, name: 'offsite' };

describe('the sets that pgBackRest lists', () => {
  const info = parseInfo(recorded('info'));

  test('are those of one repository, with what each needs', () => {
    const sets = readSets(info, main);
    expect(sets.map(({ label, type, needs }) => [label, type, needs])).toEqual([
      ['20261129-074632F', 'full', []],
      ['20261129-074632F_20261129-075348D', 'differential', ['20261129-074632F']],
      ['20261129-075351F', 'full', []],
    ]);
    expect(sets[0]).toMatchObject({
      repository: 'offsite',
      madeBy: 'a/b/6',
      wal: {
        start: { timeline: 1, segment: '000000010000000000000009', lsn: '0/9000028' },
        stop: { timeline: 1, segment: '00000001000000000000000A', lsn: '0/A000050' },
      },
    });
    expect(sets[2]?.madeBy).toBeUndefined();
  });

  test('are of the cluster whose number has more digits than JavaScript keeps', () => {
    expect(readSets(info, main)[0]?.identity).toBe('7713496580846008763');
  });
});

function infoOf(...backups: (Partial<InfoBackup> & { label: string })[]): Info {
  return {
    ...{ repositories: [], databases: [], archives: [], locked: false },
    backups: backups.map((changes, index) => ({
      ...{ repository: 1, database: 1, type: 'full', reference: [], annotation: {} },
      archive: {
        start: `00000001000000000000000${index}`,
        stop: `00000001000000000000000${index}`,
      },
      lsn: { start: `0/${index}000028`, stop: `0/${index}000100` },
      ...{ startedAtMs: 0, stoppedAtMs: 0, bytes: 1, storedBytes: 1, error: false },
      ...changes,
    })),
  };
}

test('a set made after the clock of PostgreSQL went back an hour is the newer one', () => {
  const info = infoOf(
    { label: '20261129-100000F', startedAtMs: 36_000_000 },
    { label: '20261129-091000F', startedAtMs: 33_000_000 },
  );
  info.backups.slice().reverse();
  const sets = readSets({ ...info, backups: info.backups.toReversed() }, { key: 1, name: 'main' });
  expect(sets.map(({ label }) => label)).toEqual(['20261129-100000F', '20261129-091000F']);
});

test('a set needs also what those were built on that it was built on, oldest first', () => {
  const info = infoOf(
    { label: 'F' },
    { label: 'I1', type: 'incr', prior: 'F', reference: ['F'] },
    { label: 'I2', type: 'incr', prior: 'I1', reference: ['I1'] },
    { label: 'I3', type: 'incr', prior: 'gone', reference: ['gone', 'F'] },
  );
  const sets = readSets(info, { key: 1, name: 'main' });
  expect(sets.map(({ needs }) => needs)).toEqual([[], ['F'], ['F', 'I1'], ['gone', 'F']]);
});

test('a set of a database whose pages were damaged already has an error', () => {
  const [set] = readSets(infoOf({ label: 'F', error: true }), { key: 1, name: 'main' });
  expect(set?.error).toContain('wrong checksums');
});
