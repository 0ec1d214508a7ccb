import type { CopyPlace } from '../../contracts/backups/provider.ts';
import type { CopyCall } from '../../contracts/backups/store.ts';
import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../contracts/kernel/agent.ts';
import { refuse, requireCopies, type BackupParts } from './backup-parts.ts';
import type { CopyRecord } from './copies.ts';

/** A copy is kept for its time from now on, and the act is ended before it is removed. */
export async function aboutCopy<T>(
  parts: BackupParts,
  { call, act, attempt }: { call: CopyCall; act?: RunStep; attempt: Attempt },
  work: (copy: CopyPlace & Pick<CopyRecord, 'acts'>, following: Attempt) => Promise<T>,
): Promise<T> {
  await refuse(parts, call, {});
  const copies = requireCopies(parts);
  const { copy } = call;
  return parts.calls.during({ copies, copy }, attempt, async (following) => {
    const { acts } = await copies.touch(copy, act);
    return work({ folder: copies.folderOf(copy), acts }, following);
  });
}
