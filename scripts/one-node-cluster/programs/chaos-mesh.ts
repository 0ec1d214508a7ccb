import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModule, type ProvisionOptions } from '../../programs/build-module.ts';
import { keepInCache } from '../../programs/keep-in-cache.ts';
import { packImages } from '../images/image-archive.ts';
import { chaosMesh } from './go-modules.ts';
import { moduleFiles } from './module-files.ts';

/** In no registry. */
export const chaosMeshImage = 'belay.test/chaos-controller-manager:1';

/** An archive of the image of its controller, and its definitions. Built in some minutes. Its daemon is not there. */
export async function provideChaosMesh(
  options: ProvisionOptions,
): Promise<{ image: string; definitions: string }> {
  const programs = await buildModule(chaosMesh, options);
  const program = programs['chaos-controller-manager'];
  const image = { name: chaosMeshImage, entrypoint: ['/chaos-controller-manager'] };
  const folder = await keepInCache(
    {
      cache: options.cache,
      name: 'one-node-cluster/image-chaos-mesh',
      inputs: chaosMesh.folder,
      instructions: { image },
    },
    async (target) => {
      const content = await readFile(program);
      const files = [{ path: 'chaos-controller-manager', content, executable: true }];
      await writeFile(join(target, 'chaos-mesh.tar'), packImages([image], files));
    },
  );
  const definitions = await moduleFiles(
    {
      name: 'one-node-cluster/chaos-mesh-definitions',
      folder: chaosMesh.folder,
      module: 'github.com/chaos-mesh/chaos-mesh',
      files: ['manifests/crd.yaml'],
    },
    options,
  );
  return { image: join(folder, 'chaos-mesh.tar'), definitions };
}
