import { existsSync } from 'node:fs';
import fs, { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { removeFolder } from '../../../../src/adapters/pgbackrest/place/place-folders.ts';
import { ClusterTools } from '../../../../src/adapters/pgbackrest/tool/cluster-tools.ts';
import { createReads } from '../../../../src/agent/tools/create-tools.ts';
import { unattended } from '../../../../src/agent/unattended.ts';

let parent: string;
let replaced: string;

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'belay-place-')));
  replaced = join(parent, 'data.belay-next-0123456789ab');
  await mkdir(join(replaced, 'base'), { recursive: true });
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const settings = { pgbackrest: {} } as ConstructorParameters<typeof ClusterTools>[1];
const tools = new ClusterTools(createReads('test'), settings);
const remove = () => removeFolder(tools, replaced, unattended);

async function withMounts(mountinfo: string | Error, act: () => Promise<void>): Promise<void> {
  const reading = vi.spyOn(fs, 'readFile').mockImplementation(() => {
    return mountinfo instanceof Error ? Promise.reject(mountinfo) : Promise.resolve(mountinfo);
  });
  syncBuiltinESMExports();
  try {
    await act();
  } finally {
    reading.mockRestore();
    syncBuiltinESMExports();
  }
}

describe('a data folder that was replaced', () => {
  test('is removed with all that is in it', async () => {
    await remove();
    expect(existsSync(replaced)).toBe(false);
    await remove();
  });

  test.each([
    [
      'something is mounted in it',
      `36 35 0:30 / ${join('PARENT', 'data.belay-next-0123456789ab', 'base')} rw - ext4 /dev/b rw\n`,
      'something is mounted there: unmount',
    ],
    [
      'nobody can say what is mounted in it',
      new Error('there is no /proc'),
      'nobody can say what is mounted in',
    ],
  ])('stays where %s', async (_, mountinfo, why) => {
    const told = mountinfo instanceof Error ? mountinfo : mountinfo.replace('PARENT', parent);
    await withMounts(told, async () => {
      await expect(remove()).rejects.toMatchObject({
        code: 'unfinished',
        message: expect.stringContaining(why),
      });
    });
    expect(existsSync(join(replaced, 'base'))).toBe(true);
  });
});
