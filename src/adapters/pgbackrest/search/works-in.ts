import { readlink, realpath } from 'node:fs/promises';
import { readPostmasterFile } from '../../postgres/host/postmaster-file.ts';

/** `unseen`: the process that the folder names is there, and nobody tells this account where it works. */
export type WorksIn = 'yes' | 'no' | 'unseen';

const isGone = ['ENOENT', 'ESRCH'];

/** Whether the server that the data folder names runs in it: the number in its file may be anybody's by now. */
export async function worksIn(data: string, readFolder = folderOf): Promise<WorksIn> {
  const found = await readPostmasterFile(data);
  if (found === undefined) return 'no';
  const folder = await realpath(data).catch(() => undefined);
  try {
    return (await readFolder(found.pid)) === folder ? 'yes' : 'no';
  } catch (error) {
    return isGone.includes((error as NodeJS.ErrnoException).code ?? '') ? 'no' : 'unseen';
  }
}

function folderOf(pid: number): Promise<string> {
  return readlink(`/proc/${pid}/cwd`);
}
