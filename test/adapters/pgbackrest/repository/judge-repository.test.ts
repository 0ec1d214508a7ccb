import { expect, test } from 'vitest';
import { parseInfo } from '../../../../src/adapters/pgbackrest/repository/info.ts';
import {
  isAway,
  judgeRepository,
} from '../../../../src/adapters/pgbackrest/repository/judge-repository.ts';
import { recorded } from '../recorded.ts';

const expected = {
  name: 'main',
  key: 1,
  stanza: 'demo',
  config: '/etc/pgbackrest.conf',
  systemId: '7713496580846008763',
};

test('a repository of this cluster can be used', () => {
  expect(judgeRepository(parseInfo(recorded('info')), expected)).toEqual([]);
});

test('one of a host that has no cluster can be used, too', () => {
  const { systemId: _none, ...elsewhere } = expected;
  expect(judgeRepository(parseInfo(recorded('info')), elsewhere)).toEqual([]);
});

test('one of another cluster is refused, although the numbers differ in their last digits only', () => {
  const other = { ...expected, systemId: '7713496580846008764' };
  expect(judgeRepository(parseInfo(recorded('info')), other)).toEqual([
    expect.stringMatching(
      /belongs to another cluster: .* 7713496580846008763, .* 7713496580846008764/,
    ),
  ]);
});

test('a missing stanza is refused with the command that makes it', () => {
  expect(judgeRepository(parseInfo(recorded('info-missing-stanza')), expected)).toEqual([
    'repository main (repo1): has no stanza demo: run pgbackrest --config=/etc/pgbackrest.conf --stanza=demo stanza-create. If it had one, it is gone: is something else mounted in its place?',
  ]);
});

test('a wrong passphrase is refused; what was not decrypted is bytes, and is not repeated', () => {
  const info = parseInfo(recorded('info-wrong-passphrase'));
  const [refusal] = judgeRepository(info, expected);
  expect(refusal).toContain('cannot be decrypted: is its passphrase the one');
  expect(refusal).toMatch(/^[\x20-\x7e]*$/);
  // The other repository of the same stanza is not affected.
  expect(judgeRepository(info, { ...expected, name: 'offsite', key: 2 })).toEqual([]);
});

test('a list of sets that was deleted, or is damaged twice, is not taken for a new repository', () => {
  const judge = (code: number, message: string) =>
    judgeRepository({ ...parseInfo('[]'), repositories: [{ key: 1, code, message }] }, expected);
  expect(judge(3, 'missing stanza data')).toEqual([
    expect.stringContaining('has to be brought back from a copy of the repository'),
  ]);
  const damaged =
    "[ChecksumError] unable to load info file '/backup/backup.info' or '/backup/backup.info.copy':\nChecksumError: invalid checksum, actual '7' but expected '0'\nHINT: has a stanza-create been performed?";
  const [refusal] = judge(99, damaged);
  expect(refusal).toContain('invalid checksum');
  expect(refusal).not.toContain('stanza-create');
});

test('a repository that is away is told from one that cannot be used', () => {
  const message = "[HostConnectError] unable to connect to '127.0.0.1:1': [111] Connection refused";
  const away = { ...parseInfo('[]'), repositories: [{ key: 1, code: 99, message }] };
  expect(isAway(away, 1)).toBe(true);
  expect(judgeRepository(away, expected)).toEqual([expect.stringContaining('Connection refused')]);
  expect(isAway(parseInfo(recorded('info-wrong-passphrase')), 1)).toBe(false);
  expect(isAway(parseInfo(recorded('info-missing-stanza')), 1)).toBe(false);
});

test('a repository that the configuration lacks is refused', () => {
  expect(judgeRepository(parseInfo(recorded('info')), { ...expected, key: 7 })).toEqual([
    expect.stringContaining('has no repo7-path'),
  ]);
});
