import { readFile, readlink, realpath, stat } from 'node:fs/promises';
import { readPostmasterFile } from '../../postgres/host/postmaster-file.ts';

/** `unseen`: the process that the folder names is there, and nobody tells this account where it works. */
export type WorksIn = 'yes' | 'no' | 'unseen';

const isGone = ['ENOENT', 'ESRCH'];

/** Whether the server that the data folder names runs in it: the number in its file may be anybody's by now. */
export async function worksIn(
  data: string,
  readFolder = folderOf,
  readAccount = accountOf,
): Promise<WorksIn> {
  const found = await readPostmasterFile(data);
  if (found === undefined) return 'no';
  const folder = await realpath(data).catch(() => undefined);
  try {
    return (await readFolder(found.pid)) === folder ? 'yes' : 'no';
  } catch (error) {
    if (isGone.includes((error as NodeJS.ErrnoException).code ?? '')) return 'no';
    // PostgreSQL runs as the owner of its folder, and as nobody else.
    const account = await readAccount(found.pid).catch(() => undefined);
    return account === undefined || account === (await stat(data)).uid ? 'unseen' : 'no';
  }
}

function folderOf(pid: number): Promise<string> {
  return readlink(`/proc/${pid}/cwd`);
}

/** As which account a process acts. */
async function accountOf(pid: number): Promise<number | undefined> {
  const effective = /^Uid:\s+\d+\s+(\d+)/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1];
  return effective === undefined ? undefined : Number(effective);
}
