import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { CopyCall, RemovedCopy } from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { copyFolders } from './copy-folder.ts';

/** Stops the server of a copy at once where it still runs, and removes all of the copy. */
export async function removeCopy(
  tools: ClusterTools,
  scratch: string,
  { copy, act }: CopyCall & { act: RunStep },
  attempt: Attempt,
): Promise<RemovedCopy> {
  const folders = copyFolders(scratch, copy);
  if (!existsSync(folders.root)) return { removed: false };
  if (existsSync(join(folders.data, 'postmaster.pid'))) {
    const program = await tools.program('pg_ctl', folders.data);
    const argv = [program, 'stop', '--mode=immediate', `--pgdata=${folders.data}`, '--wait'];
    // Where nothing runs it says so, and that is as good.
    await tools.act(act, argv, attempt, { name: `stop the copy ${copy}`, timeoutMs: 60_000 });
  }
  await rm(folders.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  return { removed: true };
}
