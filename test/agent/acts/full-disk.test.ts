import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ActRecord } from '../../../src/agent/acts/act-files.ts';
import { ActStore } from '../../../src/agent/acts/act-store.ts';
import { orExplain } from '../../../src/agent/write-down.ts';
import { runCommand } from '../../../scripts/programs/run-command.ts';

let folder: string;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'belay-full-'))));
afterEach(async () => {
  await runCommand(['umount', folder]).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
});

const record: ActRecord = {
  ...{ act: { runRef: 'run', step: 3 }, command: 'work', digest: 'd', acceptedAtMs: 1 },
  program: { environment: {}, secrets: {}, timeoutMs: 1_000, graceMs: 100, maxOutputBytes: 1_024 },
  argv: ['/bin/true'],
};

test('an act that a full disk does not take is not begun, leaves nothing, and is taken up once there is room', async ({
  skip,
}) => {
  const mount = ['mount', '-t', 'tmpfs', '-o', 'size=64k', 'belay', folder] as const;
  if ((await runCommand(mount).catch(() => undefined)) === undefined)
    skip('nothing can be mounted');
  const store = new ActStore(folder);
  const filler = join(folder, 'filler');
  await writeFile(filler, Buffer.alloc(65_536)).catch(() => undefined);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await expect(store.admit(record)).rejects.toMatchObject({
      code: 'unfinished',
      message: expect.stringMatching(
        /^\/.* cannot be written to \(ENOSPC\): its disk is full: make room/,
      ),
    });
  }
  expect(await store.open()).toEqual([]);
  const left = await readdir(folder, { recursive: true, withFileTypes: true });
  expect(left.filter((one) => one.isFile()).map(({ name }) => name)).toEqual(['filler']);
  await rm(filler);
  expect(await store.admit(record)).toEqual(record);
  expect(await store.admit(record)).toEqual(record);
  expect(await store.open()).toEqual([record]);
});

test('what has nothing to do with the disk is thrown as it is', async () => {
  const error = new TypeError('a fault');
  await expect(orExplain('/srv', Promise.reject(error))).rejects.toBe(error);
});
