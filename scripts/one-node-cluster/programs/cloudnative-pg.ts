import { join } from 'node:path';
import type { ProvisionOptions } from '../../programs/build-module.ts';
import { moduleFiles } from './module-files.ts';

/** CloudNativePG's definition of a Cluster alone: what Belay writes can be written without its operator. */
export function cloudNativePgDefinitions(options: ProvisionOptions): Promise<string> {
  return moduleFiles(
    {
      name: 'one-node-cluster/cloudnative-pg',
      folder: join(import.meta.dirname, '../modules/cloudnative-pg'),
      module: 'github.com/cloudnative-pg/cloudnative-pg',
      files: ['config/crd/bases/postgresql.cnpg.io_clusters.yaml'],
    },
    options,
  );
}
