import { expect, test } from 'vitest';
import { parseManifest } from '../../../../src/adapters/pgbackrest/repository/manifest.ts';
import { recorded } from '../recorded.ts';

const text = recorded('backup.manifest');
const label = '20261129-074632F_20261129-075348D';

test('a manifest says in which set each file is, and what is stored of it', () => {
  const manifest = parseManifest(text);
  expect(manifest).toMatchObject({ label, intact: true, extension: '.lz4', tablespaces: {} });
  expect(manifest?.files).toHaveLength(7);
  expect(manifest?.files[0]).toEqual({
    name: 'pg_data/PG_VERSION',
    set: '20261129-074632F',
    storedBytes: 22,
    storedChecksum: 'bfa569d98ca391dc0326bc92fe80b8b6eb9f1f1b',
    bundled: false,
  });
  expect(manifest?.files.find(({ name }) => name === 'pg_data/base/5/1247')?.set).toBe(label);
});

test.each([
  ['a digit of a checksum', text.replace('b5b56e2b', 'b5b56e2c')],
  ['a line that is gone', text.replace(/^pg_data\/base\/1\/112=.*\n/m, '')],
  ['a file that was cut off', text.slice(0, text.indexOf('[target:path]'))],
  ['its own checksum', text.replace(/backrest-checksum="."?/, 'backrest-checksum="0')],
])('%s is noticed', (_what, spoiled) => {
  expect(parseManifest(spoiled)?.intact).toBe(false);
});

test('something else is not a manifest', () => {
  expect(parseManifest('')).toBeUndefined();
  expect(parseManifest(text.slice(0, 40))).toBeUndefined();
  expect(parseManifest('\u0000\u0001 of another key')).toBeUndefined();
});

test('a tablespace is known by its number and where it was', () => {
  const target =
    'pg_tblspc/16385={"path":"/srv/fast","tablespace-id":"16385","tablespace-name":"fast","type":"link"}';
  const manifest = parseManifest(text.replace('[backup:target]', `[backup:target]\n${target}`));
  expect(manifest?.tablespaces).toEqual({ 16385: '/srv/fast' });
});

test('files that are stored together are known', () => {
  const bundled = text.replace('"repo-size":22,', '"bni":1,"bno":0,"repo-size":22,');
  expect(parseManifest(bundled)?.files[0]?.bundled).toBe(true);
});
