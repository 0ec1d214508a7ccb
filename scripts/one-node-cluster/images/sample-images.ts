import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModule, type ProvisionOptions } from '../../programs/build-module.ts';
import { samples } from '../programs/go-modules.ts';
import { keepInCache } from '../../programs/keep-in-cache.ts';
import { packImages, type Image } from './image-archive.ts';
import { pauseImage, shopImage, shopVersions } from './names.ts';

/** Archives in Belay's cache of the images that every cluster has. */
export async function sampleImages(options: ProvisionOptions): Promise<string[]> {
  const programs = await buildModule(samples, options);
  const shops = shopVersions.map((version) => ({
    name: shopImage(version),
    entrypoint: ['/shop'],
    env: { VERSION: version },
  }));
  return [
    await archive(programs.pause, [{ name: pauseImage, entrypoint: ['/pause'] }], options.cache),
    await archive(programs.shop, shops, options.cache),
  ];
}

async function archive(program: string, images: Image[], cache: string): Promise<string> {
  const name = images[0]?.entrypoint[0]?.slice(1) ?? '';
  const folder = await keepInCache(
    {
      cache,
      name: `one-node-cluster/image-${name}`,
      inputs: import.meta.dirname,
      instructions: { program, images },
    },
    async (target) => {
      const content = await readFile(program);
      const packed = packImages(images, [{ path: name, content, executable: true }]);
      await writeFile(join(target, `${name}.tar`), packed);
    },
  );
  return join(folder, `${name}.tar`);
}
