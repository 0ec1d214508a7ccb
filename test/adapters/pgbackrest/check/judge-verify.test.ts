import { describe, expect, test } from 'vitest';
import { judgeVerify } from '../../../../src/adapters/pgbackrest/check/judge-verify.ts';
import { parseVerify } from '../../../../src/adapters/pgbackrest/repository/verify-report.ts';
import { recorded } from '../recorded.ts';

const full = { label: '20261129-074632F', needs: [], firstSegment: '000000010000000000000009' };
const incremental = {
  label: '20261129-074632F_20261129-075101I',
  needs: [full.label],
  firstSegment: '000000010000000000000011',
};

describe('a verification, whose exit code says nothing', () => {
  const damaged = parseVerify({
    stdout: recorded('verify-damaged.stdout'),
    stderr: recorded('verify-damaged.stderr'),
  });

  test('that finds nothing wrong', () => {
    const report = parseVerify({ stdout: recorded('verify-sound'), stderr: '' });
    expect(report.ok).toBe(true);
    expect(judgeVerify(report, full)).toEqual({ damage: [], elsewhere: [] });
    expect(judgeVerify(report, incremental)).toEqual({ damage: [], elsewhere: [] });
  });

  test('names the files of a set and the segments from its beginning', () => {
    expect(damaged.ok).toBe(false);
    expect(
      judgeVerify(damaged, full).damage.map(({ where, what }) => [where, what.slice(0, 20)]),
    ).toEqual([
      ['00000001000000000000000B', 'is stored more than '],
      [expect.stringContaining('00000001000000000000000A-469a6abd'), 'cannot be read: rais'],
      [`${full.label}/pg_data/base/5/1247.lz4`, 'invalid checksum'],
      [`${full.label}/pg_data/base/5/1249.lz4`, 'file missing'],
    ]);
  });

  test('calls an incremental set valid whose full one is damaged: its damage counts', () => {
    const { damage, elsewhere } = judgeVerify(damaged, incremental);
    const found = damage.map(({ where }) => where);
    expect(elsewhere).toHaveLength(2);
    expect(found).toEqual([
      `${full.label}/pg_data/base/5/1247.lz4`,
      `${full.label}/pg_data/base/5/1249.lz4`,
    ]);
  });

  test('calls a repository ok in which a manifest is missing', () => {
    const report = parseVerify({ stdout: recorded('verify-no-manifest'), stderr: '' });
    expect(report.ok).toBe(true);
    expect(judgeVerify(report, full).damage).toEqual([
      { where: full.label, what: 'manifest missing: 0 of 0 files are sound' },
    ]);
  });

  test('that cannot read the archive at all says so of every set', () => {
    const report = parseVerify({ stdout: recorded('verify-no-archive-info'), stderr: '' });
    expect(judgeVerify(report, full).damage).toContainEqual({
      where: 'repository',
      what: 'No usable archive.info file',
    });
  });

  test('that says nothing is not a pass', () => {
    expect(judgeVerify(parseVerify({ stdout: '', stderr: '' }), full).damage).toEqual([
      { where: full.label, what: 'was not verified' },
      { where: full.label, what: 'the verification said nothing about any set' },
    ]);
  });

  test('whose log was cut in its middle still counts by its summary', () => {
    const report = { ...damaged, files: [] };
    expect(judgeVerify(report, full).damage).toEqual([
      { where: full.label, what: 'invalid: 963 of 965 files are sound' },
    ]);
  });
});
