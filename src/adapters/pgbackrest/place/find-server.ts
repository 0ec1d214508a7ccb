import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';

/** What libpq says where nobody listens on a socket. */
const nobodyListens = /No such file or directory|Connection refused/;

/**
 * Whether the server of a cluster runs. A `postmaster.pid` alone says nothing: a crash leaves it. Its
 * process is one whose working folder is the data folder; one that cannot be seen from here, such as
 * that of another container, still listens on its socket.
 */
export async function isServerRunning(tools: ClusterTools, attempt: Attempt): Promise<boolean> {
  const { dataFolder } = tools.settings;
  const pidFile = await readFile(join(dataFolder, 'postmaster.pid'), 'utf8').catch(() => undefined);
  if (pidFile === undefined) return false;
  const pid = Number(pidFile.split('\n')[0]);
  if (await worksIn(pid, dataFolder)) return true;
  const answer = await tools.psql(tools.place, ['SELECT 1'], attempt);
  return answer.exitCode === 0 || !nobodyListens.test(answer.stderr);
}

async function worksIn(pid: number, folder: string): Promise<boolean> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  const cwd = await readlink(`/proc/${pid}/cwd`).catch((error: unknown) =>
    // It is there, and of somebody else.
    (error as NodeJS.ErrnoException).code === 'EACCES' ? folder : undefined,
  );
  return cwd === folder;
}
