import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterSettings } from '../../../specs/kernel/clusters.ts';

/** A manager that is in charge of a server, and what says so. */
export interface InCharge {
  manager: 'Patroni' | 'CloudNativePG';
  why: string;
}

/** A file that Patroni keeps in the data folder of each server that it runs. */
const fileOfPatroni = 'patroni.dynamic.json';
/** Where the instance manager of CloudNativePG writes the settings of a Cluster, and one of them. */
const fileOfCloudNativePg = 'custom.conf';
const settingOfCloudNativePg = 'cnpg.config_sha256';

/** Who is in charge of the server of this cluster; undefined: nothing says that anybody is. */
export async function whoIsInCharge({
  name,
  dataFolder,
  patroni,
}: Pick<ClusterSettings, 'name' | 'dataFolder' | 'patroni'>): Promise<InCharge | undefined> {
  if (patroni !== undefined) {
    return { manager: 'Patroni', why: `clusters.${name}.patroni is in the settings of its agent` };
  }
  const [ofPatroni, ofCloudNativePg] = [fileOfPatroni, fileOfCloudNativePg].map((file) => {
    return join(dataFolder, file);
  }) as [string, string];
  const [isPatroni, settings] = await Promise.all([
    access(ofPatroni).then(
      () => true,
      () => false,
    ),
    readFile(ofCloudNativePg, 'utf8').catch(() => ''),
  ]);
  if (isPatroni) return { manager: 'Patroni', why: `${ofPatroni} is there` };
  if (!settings.includes(settingOfCloudNativePg)) return undefined;
  return { manager: 'CloudNativePG', why: `${ofCloudNativePg} has ${settingOfCloudNativePg}` };
}
