import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { changesOfReleased } from './golden-histories.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-golden-'));
  for (const name of ['a', 'b']) await writeFile(join(folder, `${name}.json`), '{}\n');
});
afterEach(() => rm(folder, { recursive: true }));

const release = () =>
  promisify(execFile)('sh', ['-c', 'sha256sum *.json > SHA256SUMS'], { cwd: folder });

test('histories of a release that has not shipped may change', async () => {
  expect(await changesOfReleased(folder)).toBeUndefined();
});

test('histories of a shipped release are as they were', async () => {
  await release();
  expect(await changesOfReleased(folder)).toEqual([]);
});

test('a history that was added, changed or deleted after the release is named', async () => {
  await release();
  await writeFile(join(folder, 'c.json'), '{}\n');
  await appendFile(join(folder, 'a.json'), '\n');
  await rm(join(folder, 'b.json'));
  expect(await changesOfReleased(folder)).toEqual([
    'c.json was added',
    'a.json was changed',
    'b.json was deleted',
  ]);
});
