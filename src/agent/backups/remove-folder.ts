import { lstat, realpath, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Tools } from '../../contracts/backups/provider.ts';
import { AgentError, type Attempt } from '../../contracts/kernel/agent-host.ts';
import { refuseMounted } from '../../processes/mounts.ts';

const hourMs = 3_600_000;

/**
 * Removes the folder of a copy with all that is in it, as the account that it belongs to: whatever
 * that account puts in the way meanwhile, nothing goes that it could not remove itself. Neither
 * follows links nor enters what is mounted. Throws AgentError where something stays.
 */
export async function removeFolder(tools: Tools, path: string, attempt: Attempt): Promise<void> {
  const scratch = await realpath(dirname(path));
  const folder = join(scratch, basename(path));
  const found = await findIn(folder);
  if (found === undefined) return;
  if (!found.isDirectory()) {
    await unlink(folder);
    return;
  }
  const mounted = await refuseMounted(folder);
  if (mounted !== undefined) throw unfinished(folder, mounted);
  const isOwn = found.uid === process.getuid?.();
  const remove = async (argv: readonly string[]) =>
    tools.read(
      {
        ...{ argv, environment: { LC_ALL: 'C' }, secrets: {} },
        ...{ timeoutMs: hourMs, graceMs: 1_000 },
        ...(!isOwn && { user: String(found.uid) }),
      },
      attempt,
    );
  const empty = ['/usr/bin/find', folder, '-xdev', '-mindepth', '1', '-delete'];
  let answer = await remove(empty);
  if (answer.exitCode !== 0) {
    // A folder that its owner may not write to was restored as it was.
    await remove(['/bin/chmod', '-R', 'u+rwx', '--', folder]);
    answer = await remove(empty);
  }
  // What is left keeps it from being removed.
  await rmdir(folder).catch((error: unknown) => {
    const said = answer.stderr.trim().split('\n').slice(0, 3).join('; ');
    throw unfinished(folder, said === '' ? String(error) : said);
  });
}

async function findIn(path: string) {
  return lstat(path).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
}

function unfinished(folder: string, why: string): AgentError {
  return new AgentError('unfinished', `${folder} cannot be removed: ${why}`);
}
