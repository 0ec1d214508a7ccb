import { expect, test } from 'vitest';
import { openTool } from '../../../src/adapters/restic/repositories.ts';
import { listNodes } from '../../../src/adapters/restic/sets/list-nodes.ts';
import type { Tools } from '../../../src/contracts/backups/provider.ts';

const never = new AbortController().signal;
const attempt = { cancelled: never, leaving: never, onProgress: () => undefined };

/** A repository whose set has so many files, each of which takes about 250 bytes in the listing. */
function listing(files: number) {
  const folder = '/srv/uploads/a-folder-with-a-name-of-usual-length/another-one';
  const more = { type: 'file', uid: 1000, gid: 1000, size: 1, mode: 420, struct_type: 'node' };
  const times = { mtime: '2026-11-29T08:00:00Z', atime: '2026-11-29T08:00:00Z' };
  const tools: Tools = {
    act: () => Promise.reject(new Error('nothing is changed')),
    read: async (_, __, onLine) => {
      const line = JSON.stringify({ name: '#', path: `${folder}/#`, ...more, ...times });
      for (let index = 0; index < files; index += 1) {
        onLine?.(line.replaceAll('#', `picture-${index}.jpeg`));
      }
      return { exitCode: 0, stdout: '', stderr: '' };
    },
    stop: () => Promise.resolve(),
  };
  const repositories = [{ name: 'main', location: '/srv/main', environment: {}, secrets: {} }];
  return openTool(tools, { repositories }, 'main');
}

test('a set of more files than an agent reads at once is listed', async () => {
  const nodes = await listNodes(listing(300_000), 'aaaa', attempt);
  expect(nodes).toHaveLength(300_000);
  expect(nodes.at(-1)).toMatchObject({ type: 'file', size: 1, mode: 0o644 });
});

test('one of more than an agent can compare is refused before anything is restored', async () => {
  await expect(listNodes(listing(1_001), 'aaaa', attempt, 1_000)).rejects.toMatchObject({
    code: 'refused',
    message: expect.stringMatching(/^snapshot aaaa has more than 1000 files.*nothing was restored/),
  });
  expect(await listNodes(listing(1_000), 'aaaa', attempt, 1_000)).toHaveLength(1_000);
});
