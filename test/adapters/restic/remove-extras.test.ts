import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listExtras, removeExtras } from '../../../src/adapters/restic/files/remove-extras.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'belay-extras-'));
  for (const path of ['srv/kept.txt', 'srv/extra.txt', 'srv/old/a/1', 'srv/old/2', 'else/1']) {
    await mkdir(join(root, path, '..'), { recursive: true });
    await writeFile(join(root, path), '');
  }
});
afterEach(() => rm(root, { recursive: true, force: true }));

const node = (path: string, type: string) => ({
  ...{ path, type, size: 0, mode: 0o644, uid: 0, gid: 0, modifiedAtMs: 0 },
});
const list = () =>
  listExtras({
    root,
    paths: ['/srv'],
    nodes: [node('/srv', 'dir'), node('/srv/kept.txt', 'file')],
  });
const pathsOf = (extras: readonly { path: string }[]) => extras.map(({ path }) => path).toSorted();
const all = ['/srv/extra.txt', '/srv/old', '/srv/old/2', '/srv/old/a', '/srv/old/a/1'];

test('everything that the set does not have is removed, and nothing else', async () => {
  const { removed, kept } = await removeExtras(await list());
  expect(pathsOf(removed)).toEqual(all);
  expect(kept).toEqual([]);
  expect(await readdir(join(root, 'srv'))).toEqual(['kept.txt']);
  expect(existsSync(join(root, 'else/1'))).toBe(true);
});

test('a folder that gave way to a link after it was listed leads nowhere', async () => {
  const extras = await list();
  await rename(join(root, 'srv/old'), join(root, 'moved'));
  await rename(join(root, 'else'), join(root, 'outside'));
  await mkdir(join(root, 'outside/a'));
  for (const name of ['2', 'a/1']) await writeFile(join(root, 'outside', name), 'not ours');
  await symlink(join(root, 'outside'), join(root, 'srv/old'));
  const { removed, kept } = await removeExtras(extras);
  expect(pathsOf(removed)).toEqual(['/srv/extra.txt']);
  expect(pathsOf(kept)).toEqual(all.slice(1));
  expect((await readdir(join(root, 'outside'))).toSorted()).toEqual(['1', '2', 'a']);
});

test('a link above the paths may not be changed to another folder either', async () => {
  await rename(join(root, 'srv'), join(root, 'disk-1'));
  await symlink(join(root, 'disk-1'), join(root, 'srv'));
  const extras = await list();
  expect(pathsOf(extras)).toEqual(all);
  await rm(join(root, 'srv'));
  await symlink(join(root, 'else'), join(root, 'srv'));
  await writeFile(join(root, 'else/extra.txt'), 'not ours');
  await removeExtras(extras);
  expect((await readdir(join(root, 'else'))).toSorted()).toEqual(['1', 'extra.txt']);
  expect(await readdir(join(root, 'disk-1'))).toEqual(['kept.txt']);
});

test('what was written or replaced after it was listed is kept', async () => {
  const extras = await list();
  await writeFile(join(root, 'srv/old/a/new'), 'just written');
  await writeFile(join(root, 'srv/replacement'), 'another');
  await rename(join(root, 'srv/replacement'), join(root, 'srv/extra.txt'));
  const { kept } = await removeExtras(extras);
  expect(pathsOf(kept)).toEqual(['/srv/extra.txt', '/srv/old', '/srv/old/a']);
  expect(existsSync(join(root, 'srv/old/a/new'))).toBe(true);
  expect(existsSync(join(root, 'srv/extra.txt'))).toBe(true);
});
