import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildModule, type ProvisionOptions } from '../../programs/build-module.ts';
import { keepInCache } from '../../programs/keep-in-cache.ts';
import { packImages } from '../images/image-archive.ts';
import { velero, veleroAws } from './go-modules.ts';
import { moduleFiles } from './module-files.ts';

/** In no registry; its tag is Velero's version, so that it is never fetched. */
export const veleroImage = 'belay.test/velero:v1.18.0';

/** Its command line, and an archive of the image for its server and its node agents. Built in some minutes. */
export async function provideVelero(
  options: ProvisionOptions,
): Promise<{ command: string; image: string }> {
  const programs = {
    ...(await buildModule(velero, options)),
    ...(await buildModule(veleroAws, options)),
  };
  const files = Object.entries(programs).map(([name, program]) => ({
    program,
    path: name === 'velero-plugin-for-aws' ? `plugins/${name}` : name,
  }));
  const image = { name: veleroImage, entrypoint: ['/velero'] };
  const folder = await keepInCache(
    {
      cache: options.cache,
      name: 'one-node-cluster/image-velero',
      inputs: velero.folder,
      instructions: { files, image },
    },
    async (target) => {
      const entries = files.map(async ({ program, path }) => ({
        ...{ path, content: await readFile(program), executable: true },
      }));
      await writeFile(join(target, 'velero.tar'), packImages([image], await Promise.all(entries)));
    },
  );
  return { command: programs.velero, image: join(folder, 'velero.tar') };
}

/** Velero's definitions alone: what it writes can be written without it. */
export function veleroDefinitions(options: ProvisionOptions): Promise<string> {
  const files = [
    ...['backuprepositories', 'backups', 'backupstoragelocations', 'deletebackuprequests'],
    ...['downloadrequests', 'podvolumebackups', 'podvolumerestores', 'restores', 'schedules'],
    ...['serverstatusrequests', 'volumesnapshotlocations'],
  ].map((plural) => `config/crd/v1/bases/velero.io_${plural}.yaml`);
  const moved = ['datadownloads', 'datauploads'].map(
    (plural) => `config/crd/v2alpha1/bases/velero.io_${plural}.yaml`,
  );
  return moduleFiles(
    {
      name: 'one-node-cluster/velero-definitions',
      folder: velero.folder,
      module: 'github.com/vmware-tanzu/velero',
      files: [...files, ...moved],
    },
    options,
  );
}
