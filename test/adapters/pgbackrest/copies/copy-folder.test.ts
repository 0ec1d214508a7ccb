import { lstat, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  copyFolders,
  makeFolders,
  readRecord,
  writeInto,
  type CopyFolders,
} from '../../../../src/adapters/pgbackrest/copies/copy-folder.ts';

describe('the folder of a copy, in which its account may plant links', () => {
  let place: string;
  let secret: string;
  let folders: CopyFolders;

  beforeEach(async () => {
    place = await mkdtemp(join(tmpdir(), 'belay-copy-folder-'));
    secret = join(place, 'secret');
    await writeFile(secret, 'root:secret');
    folders = copyFolders(join(place, 'copy'));
    await mkdir(folders.root);
  });
  afterEach(() => rm(place, { recursive: true, force: true }));

  test.each(['data', 'socket', 'log', 'tablespaces'] as const)(
    'a link in place of the folder %s is refused, and what it leads to stays as it was',
    async (name) => {
      const elsewhere = join(place, 'elsewhere');
      await mkdir(elsewhere);
      await symlink(elsewhere, folders[name]);
      const before = await lstat(elsewhere);
      await expect(makeFolders(folders)).rejects.toThrow(`${folders[name]} is no folder`);
      const { uid, mode, ctimeMs } = await lstat(elsewhere);
      expect({ uid, mode, ctimeMs }).toEqual({
        ...{ uid: before.uid, mode: before.mode, ctimeMs: before.ctimeMs },
      });
    },
  );

  test('a link to a file in place of a folder is refused', async () => {
    await symlink(secret, folders.log);
    await expect(makeFolders(folders)).rejects.toThrow(`${folders.log} is no folder`);
  });

  test('folders that are there already are used again', async () => {
    await makeFolders(folders);
    await makeFolders(folders);
    expect((await readdir(folders.root)).toSorted()).toEqual([
      'data',
      'log',
      'sock',
      'tablespaces',
    ]);
  });

  test('a file replaces a link, and what the link led to is not written to', async () => {
    await symlink(secret, folders.settings);
    await writeInto(folders, folders.settings, 'port = 5432\n');
    expect(await readFile(secret, 'utf8')).toBe('root:secret');
    expect((await lstat(folders.settings)).isFile()).toBe(true);
    expect(await readFile(folders.settings, 'utf8')).toBe('port = 5432\n');
    expect(await readdir(folders.root)).toEqual(['postgresql.conf']);
  });

  test('a record that is a link is not read, and nothing of its content is said', async () => {
    await symlink(secret, folders.record);
    expect(await readRecord(folders).catch(String)).toMatch(/there is no copy in \S+: it was/);
  });

  test('a record that is damaged is no copy, and nothing of its content is said', async () => {
    await writeInto(folders, folders.record, 'root:secret');
    expect(await readRecord(folders).catch(String)).toMatch(/there is no copy in \S+: it was/);
  });
});
