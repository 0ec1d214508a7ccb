import { existsSync } from 'node:fs';
import fs, { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { removeFolder } from '../../../src/agent/backups/remove-folder.ts';
import { createTools } from '../../../src/agent/tools/create-tools.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import { runCommand } from '../../../scripts/programs/run-command.ts';
import { giveToUnprivileged } from '../../../scripts/archived-postgres/unprivileged.ts';

let scratch: string;
let copy: string;
let outside: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'belay-removed-'));
  await chmod(scratch, 0o711);
  copy = join(scratch, 'copies', 'a');
  outside = join(scratch, 'outside');
  await mkdir(join(copy, 'data'), { recursive: true });
  await mkdir(outside);
  await writeFile(join(outside, 'kept'), '');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

const remove = () => removeFolder(tools, copy, unattended);
const { read } = createTools({ instance: 'test' } as Parameters<typeof createTools>[0]);
const unused = () => Promise.reject(new Error('no act is needed'));
const tools = { read, act: unused, stop: unused };
const isKept = () => existsSync(join(outside, 'kept'));

test('a copy is removed with all that is in it, whatever it is called', async () => {
  for (const name of ['-rf', '--help', 'data/--', ' ', 'line\nend']) {
    await writeFile(join(copy, name), '');
  }
  await remove();
  expect(existsSync(copy)).toBe(false);
  await remove();
});

test('what links in it lead to is kept', async () => {
  await symlink(outside, join(copy, 'data', 'link'));
  await symlink(join(outside, 'kept'), join(copy, 'file'));
  await remove();
  expect(existsSync(copy)).toBe(false);
  expect(isKept()).toBe(true);
});

test('a link in its place is removed, and not what it leads to', async () => {
  await rm(copy, { recursive: true });
  await symlink(outside, copy);
  await remove();
  expect(existsSync(copy)).toBe(false);
  expect(isKept()).toBe(true);
});

test('nothing is removed where nobody can say what is mounted in it', async () => {
  const reading = vi.spyOn(fs, 'readFile').mockRejectedValue(new Error('there is no /proc'));
  syncBuiltinESMExports();
  try {
    await expect(remove()).rejects.toMatchObject({
      code: 'unfinished',
      message: expect.stringContaining('nobody can say what is mounted in'),
    });
  } finally {
    reading.mockRestore();
    syncBuiltinESMExports();
  }
  expect(existsSync(join(copy, 'data'))).toBe(true);
  await remove();
  expect(existsSync(copy)).toBe(false);
});

test('folders that may not be written to go, too', async () => {
  await writeFile(join(copy, 'data', 'file'), '');
  await giveToUnprivileged(join(copy, 'data', 'file'));
  await giveToUnprivileged(join(copy, 'data'));
  await giveToUnprivileged(copy);
  await chmod(join(copy, 'data'), 0o500);
  await remove();
  expect(existsSync(copy)).toBe(false);
});

describe.runIf(process.getuid?.() === 0)('as root', () => {
  test('nothing goes that the account of the copy could not remove itself', async () => {
    await giveToUnprivileged(copy);
    await writeFile(join(copy, 'data', 'of-root'), '');
    await expect(remove()).rejects.toMatchObject({
      code: 'unfinished',
      message: expect.stringMatching(/data\/of-root.*Permission denied/),
    });
    expect(existsSync(join(copy, 'data', 'of-root'))).toBe(true);
  });

  test('what is mounted in it is kept, and named', async ({ skip }) => {
    const place = join(copy, 'data');
    const mounted = await runCommand(['mount', '--bind', outside, place]).catch(() => undefined);
    if (mounted === undefined) skip('this machine mounts nothing');
    try {
      await expect(remove()).rejects.toMatchObject({ message: expect.stringContaining(place) });
      expect(isKept()).toBe(true);
    } finally {
      await runCommand(['umount', place]);
    }
  });
});
