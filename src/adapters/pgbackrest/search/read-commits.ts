import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { Commit, LossOfLog, ReadCommitCall } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { copyFolders } from '../copies/copy-folder.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { describeCommit, placesAmong, readIndex } from './log-index.ts';
import { nameFiles } from './table-files.ts';

export async function readCommit({
  folder,
  among,
  place,
}: ReadCommitCall & CopyPlace): Promise<Commit> {
  const index = await readIndex(copyFolders(folder));
  const at = among === 'all' ? place - 1 : (placesAmong(index, among)[place - 1] ?? -1);
  const commit = describeCommit(index, at);
  if (commit) return commit;
  throw new AgentError('refused', `the log of the copy has no ${place}. transaction (${among})`);
}

const mostTables = 10;

/** Transaction IDs are counted in 32 bits, and begin again: which of two is older is in their difference. */
function oldestOf(xids: readonly string[]): string | undefined {
  const isOlder = (one: string, other: string) => ((Number(one) - Number(other)) | 0) < 0;
  return xids.reduce<string | undefined>(
    (oldest, xid) => (oldest === undefined || isOlder(xid, oldest) ? xid : oldest),
    undefined,
  );
}

/** From a commit on, that one included. */
export async function weighLoss(
  tools: ClusterTools,
  { folder, from, database }: CopyPlace & { from: number; database: string },
  attempt: Attempt,
): Promise<LossOfLog> {
  const { commits } = await readIndex(copyFolders(folder));
  const lost = commits.slice(from - 1);
  const rows = new Map<string, number>();
  for (const commit of lost) {
    for (const [file, count] of Object.entries(commit.rows)) {
      rows.set(file, (rows.get(file) ?? 0) + count);
    }
  }
  const most = [...rows].sort(([, one], [, other]) => other - one).slice(0, mostTables);
  const names = await nameFiles(tools, { database, files: most.map(([file]) => file) }, attempt);
  const oldest = oldestOf(lost.map(({ xid }) => xid));
  return {
    transactions: lost.length,
    ...(oldest !== undefined && { oldestXid: oldest }),
    lastAt: lost.at(-1)?.at ?? '',
    tables: most.map(([file, records]) => ({ table: names.get(file) || file, records })),
  };
}
