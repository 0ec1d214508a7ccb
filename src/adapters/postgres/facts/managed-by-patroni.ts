import { access } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClusterSettings } from '../../../specs/kernel/clusters.ts';

/** A file that Patroni keeps in the data folder of each server that it runs. */
const fileOfPatroni = 'patroni.dynamic.json';

/** Why a Patroni is in charge of the server of this cluster; absent: nothing says so. */
export async function whyManagedByPatroni({
  name,
  dataFolder,
  patroni,
}: Pick<ClusterSettings, 'name' | 'dataFolder' | 'patroni'>): Promise<string | undefined> {
  if (patroni !== undefined) return `clusters.${name}.patroni is in the settings of its agent`;
  const path = join(dataFolder, fileOfPatroni);
  return access(path).then(
    () => `${path} is there`,
    () => undefined,
  );
}
