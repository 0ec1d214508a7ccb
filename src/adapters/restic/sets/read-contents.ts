import { statfs } from 'node:fs/promises';
import type { BackupSet, RepositoryContents } from '../../../contracts/backups/backup-set.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { judgeFailure } from '../answers/judge-failure.ts';
import { describeLock } from '../answers/read-lock.ts';
import type { SnapshotList } from '../answers/read-snapshots.ts';
import type { ResticTool } from '../tool/restic-tool.ts';
import { parseList, readList } from './list-snapshots.ts';
import { measureSet } from './measure-set.ts';
import { readLocks, thisHost } from './read-locks.ts';
import { isOf, madeBy, type Owner } from './tags.ts';

/** What two clocks may differ by. */
const clockSkewMs = 5 * 60_000;

export async function readContents(
  tool: ResticTool,
  owner: Owner,
  attempt: Attempt,
): Promise<RepositoryContents> {
  const list = await listUnlessAbsent(tool, attempt);
  const readAtMs = Date.now();
  if (list === undefined) {
    const { name: repository } = tool;
    const problems = ['it does not exist yet: the first backup creates it'];
    return { repository, readAtMs, sets: [], foreign: [], absent: true, problems };
  }
  const sets: BackupSet[] = [];
  for (const snapshot of list.snapshots) {
    if (isOf(snapshot.tags, owner)) sets.push(await measureSet(tool, snapshot, attempt));
  }
  const locks = await readLocks(tool, attempt);
  const witness = thisHost(readAtMs);
  const freeBytes = await readFree(tool.localFolder);
  return {
    repository: tool.name,
    readAtMs,
    sets,
    foreign: list.snapshots
      .filter(({ tags }) => !isOf(tags, owner) || madeBy(tags) === undefined)
      .map(({ id }) => id),
    problems: [
      ...describeList(list, readAtMs),
      ...locks.map((lock) => `locked: ${describeLock(lock, witness)}`),
    ],
    ...(freeBytes !== undefined && { freeBytes }),
  };
}

/** Undefined where there is no repository yet, and the first backup is to create it. */
async function listUnlessAbsent(
  tool: ResticTool,
  attempt: Attempt,
): Promise<SnapshotList | undefined> {
  const answer = await readList(tool, attempt);
  if (answer.exitCode === 0) return parseList(tool, answer);
  if (tool.settings.create === true && judgeFailure(answer).kind === 'absent') return undefined;
  throw tool.failed(answer);
}

/** What is wrong with snapshots, whoever made them. */
export function describeList({ snapshots, unreadable }: SnapshotList, nowMs: number): string[] {
  const future = snapshots.filter(({ atMs }) => atMs > nowMs + clockSkewMs);
  return [
    ...unreadable.map(({ id, why }) => `snapshot ${id} cannot be read: ${why}`),
    ...future.map(
      ({ id, atMs }) =>
        `snapshot ${id} is dated ${new Date(atMs).toISOString()}, which is in the future: a clock was wrong`,
    ),
  ];
}

async function readFree(folder: string | undefined): Promise<number | undefined> {
  if (folder === undefined) return undefined;
  const found = await statfs(folder).catch(() => undefined);
  return found && found.bavail * found.bsize;
}
