import { link, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCopy } from '../../src/adapters/restic/copies.ts';
import { readRecord } from '../../src/adapters/kubernetes-objects/restore/copy-record.ts';
import { readOwnWritten, writeDurably } from '../../src/processes/durable-file.ts';
import { runCommand } from '../../scripts/programs/run-command.ts';
import { giveToUnprivileged } from '../../scripts/archived-postgres/unprivileged.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-own-'));
  path = join(folder, 'set.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const secret = '{"password":"hunter2"';

test('what was written is read, and undefined where it is not there', async () => {
  expect(await readOwnWritten(path)).toBeUndefined();
  await writeDurably(path, { label: 'a' });
  expect(await readOwnWritten(path)).toEqual({ label: 'a' });
});

describe('what somebody put in its place is refused, and nothing of it is told', () => {
  test.each<[string, () => Promise<unknown>]>([
    ['a link', async () => symlink(join(folder, 'secret'), path)],
    ['a link to nothing', async () => symlink(join(folder, 'nothing'), path)],
    ['a second name of a file', async () => link(join(folder, 'secret'), path)],
    ['a pipe, which nobody writes to', async () => runCommand(['mkfifo', path])],
    ['another text', async () => writeFile(path, secret)],
  ])('%s', async (_, put) => {
    await writeFile(join(folder, 'secret'), secret);
    await put();
    const error = await readOwnWritten(path).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ name: 'ReplacedFile' });
    expect(String(error)).not.toContain('hunter2');
  });

  test.runIf(process.getuid?.() === 0)('a file of another account', async () => {
    await writeFile(path, '{}');
    await giveToUnprivileged(path);
    await expect(readOwnWritten(path)).rejects.toThrow('somebody has replaced it');
  });

  test('also the records of copies', async () => {
    await writeFile(join(folder, 'secret'), '{}');
    for (const name of ['set.json', 'applied.json']) {
      await symlink(join(folder, 'secret'), join(folder, name));
    }
    await expect(readCopy(folder)).rejects.toMatchObject({ code: 'refused' });
    await expect(readRecord(folder)).rejects.toMatchObject({ code: 'refused' });
  });
});
