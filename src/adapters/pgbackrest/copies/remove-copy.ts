import { existsSync } from 'node:fs';
import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { RemovedCopy } from '../../../contracts/backups/store.ts';
import { copyFolders } from './copy-folder.ts';

/** The server has ended with its act, so that only files are left, which go with their folder. */
export function removeCopy({ folder }: CopyPlace): RemovedCopy {
  return { removed: existsSync(copyFolders(folder).data) };
}
