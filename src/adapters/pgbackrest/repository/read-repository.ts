import { statfs } from 'node:fs/promises';
import type { RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { RepositoryCall } from '../../../contracts/backups/store.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { findProblems } from './find-problems.ts';
import { listSetFolders } from './list-set-folders.ts';
import { openRepository } from './repository.ts';
import { annotations } from './sets.ts';

export async function readRepository(
  tools: ClusterTools,
  { plan, component, repository: name }: RepositoryCall,
  attempt: Attempt,
): Promise<RepositoryContents> {
  const readAtMs = Date.now();
  const repository = await openRepository(tools, name, attempt);
  const { key, info, sets, archive, folder } = repository;
  const planName = `${plan.environment}/${plan.backup}`;
  const own = new Set(
    info.backups
      .filter(
        ({ repository: of, annotation }) =>
          of === key &&
          annotation[annotations.plan] === planName &&
          annotation[annotations.component] === component.name,
      )
      .map(({ label }) => label),
  );
  const folders = await listSetFolders(tools, key, attempt);
  const free = folder === undefined ? undefined : await statfs(folder).catch(() => undefined);
  return {
    ...{ repository: name, readAtMs, sets, wal: archive.ranges },
    foreign: sets.map(({ label }) => label).filter((label) => !own.has(label)),
    problems: findProblems({ ...repository, folders }),
    ...(free && { freeBytes: free.bavail * free.bsize }),
  };
}
