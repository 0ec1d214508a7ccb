import { join } from 'node:path';
import { createPgBackRest } from '../src/adapters/pgbackrest/pgbackrest-provider.ts';
import { createResticProvider } from '../src/adapters/restic/restic-provider.ts';
import type { BackupProviders } from '../src/contracts/backups/backup-host.ts';
import type { BackupProvider, Tools } from '../src/contracts/backups/provider.ts';
import { AgentError } from '../src/contracts/kernel/agent-host.ts';
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
  const { repositories, paths } = settings;
  const cacheFolder = join(stateFolder, 'restic-cache');
  return {
    postgres: createPgBackRest({ tools, clusters: settings.clusters }),
    files: createResticProvider(tools, { repositories, paths, cacheFolder }),
    kubernetes: without('objects of Kubernetes'),
  };
}

function without(what: string): BackupProvider {
  const refuse = () =>
    Promise.reject(new AgentError('refused', `this version does not back ${what} up`));
  return {
    examineSource: refuse,
    readRepository: refuse,
    writeMark: refuse,
    makeSet: refuse,
    checkSet: refuse,
    expireSets: refuse,
    copySet: refuse,
    restoreSet: refuse,
    runCopy: refuse,
    inspectCopy: refuse,
    assertCopy: refuse,
    removeCopy: refuse,
  };
}
