import { statfs } from 'node:fs/promises';
import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { RepositoryCall } from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { findProblems } from './find-problems.ts';
import { listSetFolders } from './list-set-folders.ts';
import { ownSets } from './own-sets.ts';
import { openRepository } from './repository.ts';

export async function readRepository(
  tools: ClusterTools,
  call: RepositoryCall,
  attempt: Attempt,
): Promise<RepositoryContents> {
  const { repository: name } = call;
  const readAtMs = Date.now();
  const repository = await openRepository(tools, name, attempt);
  const { key, sets, archive, folder } = repository;
  const own = ownSets(repository, call);
  const folders = await listSetFolders(tools, key, attempt);
  const free = folder === undefined ? undefined : await statfs(folder).catch(() => undefined);
  return {
    ...{ repository: name, readAtMs, sets, wal: archive.ranges },
    foreign: sets.map(({ label }) => label).filter((label) => !own.has(label)),
    problems: findProblems({ ...repository, folders }),
    ...(free && { freeBytes: free.bavail * free.bsize }),
  };
}
