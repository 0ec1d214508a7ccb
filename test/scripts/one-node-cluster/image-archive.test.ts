import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { packImages } from '../../../scripts/one-node-cluster/images/image-archive.ts';
import { packTar } from '../../../scripts/one-node-cluster/images/tar.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-archive-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function unpack(archive: Buffer, name: string): Promise<string> {
  const target = join(folder, name);
  execFileSync('mkdir', [target]);
  await writeFile(`${target}.tar`, archive);
  execFileSync('tar', ['-xf', `${target}.tar`, '-C', target]);
  return target;
}

test('the system’s tar unpacks what was packed, with its bytes and its modes', async () => {
  const content = Buffer.from(Array.from({ length: 1_300 }, (_, index) => index % 256));
  const target = await unpack(
    packTar([
      { path: 'run', content, executable: true },
      { path: 'etc/text', content: Buffer.from('words') },
      { path: 'empty', content: Buffer.alloc(0) },
    ]),
    'files',
  );
  expect(await readFile(join(target, 'run'))).toEqual(content);
  expect((await stat(join(target, 'run'))).mode & 0o777).toBe(0o755);
  expect(await readFile(join(target, 'etc/text'), 'utf8')).toBe('words');
  expect((await stat(join(target, 'etc/text'))).mode & 0o777).toBe(0o644);
  expect((await stat(join(target, 'empty'))).size).toBe(0);
});

test('a path that a tar archive cannot hold is refused', () => {
  expect(() => packTar([{ path: 'x'.repeat(101), content: Buffer.alloc(0) }])).toThrow('100 bytes');
});

test('images of one archive share its layer, and each has its own environment', async () => {
  const files = [{ path: 'shop', content: Buffer.from('program'), executable: true }];
  const images = ['v1', 'v2'].map((version) => ({
    name: `belay.test/shop:${version}`,
    entrypoint: ['/shop'],
    env: { VERSION: version },
  }));
  const target = await unpack(packImages(images, files), 'images');
  const layer = await readFile(join(target, 'layer.tar'));
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')) as {
    Config: string;
    RepoTags: string[];
    Layers: string[];
  }[];
  expect(manifest.map(({ RepoTags, Layers }) => [RepoTags, Layers])).toEqual([
    [['belay.test/shop:v1'], ['layer.tar']],
    [['belay.test/shop:v2'], ['layer.tar']],
  ]);
  const config: unknown = JSON.parse(await readFile(join(target, manifest[1]!.Config), 'utf8'));
  expect(config).toMatchObject({
    config: { Entrypoint: ['/shop'], Env: ['VERSION=v2'] },
    rootfs: { diff_ids: [`sha256:${createHash('sha256').update(layer).digest('hex')}`] },
  });
});
