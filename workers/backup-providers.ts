import { join } from 'node:path';
import { createKubernetesProvider } from '../src/adapters/kubernetes-objects/kubernetes-provider.ts';
import { createPgBackRest } from '../src/adapters/pgbackrest/pgbackrest-provider.ts';
import { createResticProvider } from '../src/adapters/restic/restic-provider.ts';
import { createVeleroProvider } from '../src/adapters/velero/velero-provider.ts';
import type { BackupProviders } from '../src/contracts/backups/backup-host.ts';
import type { Tools } from '../src/contracts/backups/provider.ts';
import type { BackupSettings } from '../src/specs/backups/agent-settings.ts';

interface ProviderOptions {
  tools: Tools;
  settings: BackupSettings;
  /** Of the agent. */
  stateFolder: string;
}

/** Who backs up what, on the host of an agent. */
export function createBackupProviders(options: ProviderOptions): BackupProviders {
  const { tools, settings, stateFolder } = options;
  const { repositories, paths, kubernetes: access, velero } = settings;
  const cacheFolder = join(stateFolder, 'restic-cache');
  const stagingFolder = join(stateFolder, 'objects');
  return {
    postgres: createPgBackRest({ tools, clusters: settings.clusters }),
    files: createResticProvider(tools, { repositories, paths, cacheFolder }),
    kubernetes: createKubernetesProvider(tools, {
      ...{ repositories, cacheFolder, access, stagingFolder },
    }),
    volumes: createVeleroProvider({ access, velero }),
  };
}
