import type { BackupProviders } from '../src/contracts/backups/backup-host.ts';
import type { BackupProvider } from '../src/contracts/backups/provider.ts';
import { AgentError } from '../src/contracts/kernel/agent-host.ts';

/** Who backs up what, on the host of an agent. */
export function createBackupProviders(): BackupProviders {
  return {
    postgres: without('PostgreSQL'),
    files: without('files'),
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
