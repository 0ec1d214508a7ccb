import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockFile } from '../../src/processes/lock-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const take = () => lockFile(path, ({ pid }) => new Error(`held by ${pid}`));

test('keeps others out while its holder lives, and lets them in when it is released', async () => {
  const lock = await take();
  await expect(take()).rejects.toThrow(`held by ${process.pid}`);
  await lock.release();
  await (await take()).release();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['of a process that is dead', '{"pid":1,"startTime":"long ago"}'],
  ['that a power cut has left empty', ''],
  ['that nobody can read', '{"pid":'],
])('takes over a lock %s', async (_, content) => {
  await writeFile(path, content);
  await (await take()).release();
  expect(await readdir(folder)).toEqual([]);
});
