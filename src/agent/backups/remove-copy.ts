import type { CopyCall } from '../../contracts/backups/store.ts';
import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { providerOf, type BackupParts } from './backup-parts.ts';
import { removeFolder } from './remove-folder.ts';

/** Removes a copy, after what still runs in it was ended. Returns whether there was one. */
export async function removeCopy(
  parts: BackupParts,
  call: CopyCall & { act: RunStep },
  attempt: Attempt,
): Promise<boolean> {
  const { copies } = parts;
  if (copies === undefined) return false;
  const { copy } = call;
  const known = await copies.read(copy);
  if (known?.removedAtMs !== undefined) return false;
  const startedMs = performance.now();
  const progress = setInterval(() => {
    const elapsedMs = performance.now() - startedMs;
    attempt.onProgress({ phase: 'running', elapsedMs, stdoutBytes: 0, stderrBytes: 0 });
  }, 500);
  try {
    const record = await copies.beginRemoval(call);
    // One that was let in before has perhaps not started its act yet: there is nothing to stop then.
    const ended = parts.calls.abort(copy);
    for (const act of record?.acts ?? []) await parts.tools.stop(act);
    await ended();
    const folder = copies.folderOf(copy);
    if (record) await providerOf(parts, call).removeCopy({ ...call, folder }, attempt);
    await removeFolder(parts.tools, folder, attempt);
    await copies.endRemoval(copy);
    return record !== undefined;
  } finally {
    clearInterval(progress);
  }
}
