import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { RemovedCopy } from '../../../contracts/backups/store.ts';
import { copyFolders } from './copy-folder.ts';

/** The server has ended with its act, so that only files are left. */
export async function removeCopy({ folder }: CopyPlace): Promise<RemovedCopy> {
  const { data, tablespaces } = copyFolders(folder);
  const removed = existsSync(data);
  for (const path of [data, tablespaces]) {
    await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
  return { removed };
}
