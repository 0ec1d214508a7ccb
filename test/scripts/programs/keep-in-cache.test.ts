import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keepInCache } from '../../../scripts/programs/keep-in-cache.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-kept-'));
  await mkdir(join(folder, 'module'));
  await writeFile(join(folder, 'module', 'go.mod'), 'require v1');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function product(instructions: string) {
  return {
    cache: join(folder, 'cache'),
    name: 'one-node-cluster/etcd',
    inputs: join(folder, 'module'),
    instructions,
  };
}

async function make(target: string): Promise<void> {
  await writeFile(join(target, 'program'), 'made');
}

test('of several concurrent builders one builds, and all get the result', async () => {
  let built = 0;
  const kept = await Promise.all(
    [1, 2, 3].map(() =>
      keepInCache(product('-s'), async (target) => {
        built += 1;
        await make(target);
      }),
    ),
  );
  expect(built).toBe(1);
  expect(new Set(kept).size).toBe(1);
  expect(await readFile(join(kept[0]!, 'program'), 'utf8')).toBe('made');
});

test('a changed pin or flag causes a new build', async () => {
  const first = await keepInCache(product('-s'), make);
  expect(await keepInCache(product('-s'), make)).toBe(first);
  expect(await keepInCache(product('-w'), make)).not.toBe(first);
  await writeFile(join(folder, 'module', 'go.mod'), 'require v2');
  expect(await keepInCache(product('-s'), make)).not.toBe(first);
});

test('a failed build leaves nothing that could be used by mistake', async () => {
  const failing = keepInCache(product('-s'), async (target) => {
    await make(target);
    throw new Error('no disk space');
  });
  await expect(failing).rejects.toThrow('no disk space');
  const left = await readdir(join(folder, 'cache', 'one-node-cluster'));
  expect(left.filter((name) => !name.endsWith('.lock'))).toEqual([]);
});
