import { createHash } from 'node:crypto';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { copyName } from '../../../contracts/backups/store.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { refuseMounted } from '../../../processes/mounts.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

/** All are in one folder: to rename is enough. */
export interface PlaceFolders {
  data: string;
  /** What was restored, until it is in place. */
  next: string;
  /** What was in place before. */
  kept: string;
}

export function placeFolders(dataFolder: string, place: RunStep): PlaceFolders {
  const id = createHash('sha256').update(copyName(place)).digest('hex').slice(0, 12);
  return {
    data: dataFolder,
    next: `${dataFolder}.belay-next-${id}`,
    kept: `${dataFolder}.belay-kept-${id}`,
  };
}

/** Its name says when it goes: to people, and to whatever agent comes after this one. */
export function replacedFolder(dataFolder: string, untilMs: number): string {
  const until = new Date(untilMs).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${dataFolder}.belay-replaced-until-${until}`;
}

/** Folders beside the data folder whose time is over, or whose restore ended long ago. */
export async function findOverdue(dataFolder: string, nowMs: number): Promise<string[]> {
  const parent = dirname(dataFolder);
  const names = await readdir(parent).catch(() => []);
  const found: string[] = [];
  for (const name of names) {
    if (!name.startsWith(`${basename(dataFolder)}.belay-`)) continue;
    const rest = name.slice(basename(dataFolder).length + 1);
    const [, ...parts] =
      /^belay-replaced-until-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(rest) ?? [];
    const [year, month, day, hour, minute, second] = parts;
    const untilMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    const isOver = Number.isFinite(untilMs) && untilMs <= nowMs;
    if (
      isOver ||
      (/^belay-next-[0-9a-f]{12}$/.test(rest) && (await isLeft(join(parent, name), nowMs)))
    ) {
      found.push(join(parent, name));
    }
  }
  return found;
}

/** No act runs for so long. */
const longestActMs = 8 * 86_400_000;

async function isLeft(path: string, nowMs: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found !== undefined && found.mtimeMs + longestActMs < nowMs;
}

export async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? ''))
      return undefined;
    throw error;
  });
  return found?.isDirectory() === true;
}

/** By the account of the cluster, whose folders they are. Nothing is replaced: what is there stays. */
export async function renameFolder(
  tools: ClusterTools,
  { from, to }: { from: string; to: string },
  attempt: Attempt,
): Promise<void> {
  const answer = await tools.read(['/bin/mv', '-T', '-n', '--', from, to], attempt);
  await syncFolder(dirname(to));
  if (answer.exitCode === 0 && (await isFolder(to)) && !(await isFolder(from))) return;
  // Another attempt may have been faster.
  if (!(await isFolder(from)) && (await isFolder(to))) return;
  throw new AgentError(
    'refused',
    `${from} could not be renamed to ${to}: ${describeToolFailure(answer)}`,
  );
}

/** Nothing that is mounted in it goes: it may be of somebody else. */
export async function removeFolder(
  tools: ClusterTools,
  path: string,
  attempt: Attempt,
): Promise<void> {
  if (!(await isFolder(path))) return;
  const mounted = await refuseMounted(await realpath(path));
  if (mounted !== undefined) throw unremoved(path, mounted);
  const answer = await tools.read(['/bin/rm', '-rf', '--one-file-system', '--', path], attempt, {
    timeoutMs: 60 * 60_000,
  });
  if (answer.exitCode !== 0) throw unremoved(path, describeToolFailure(answer));
}

function unremoved(path: string, why: string): AgentError {
  return new AgentError('unfinished', `${path} could not be removed: ${why}`);
}

async function syncFolder(path: string): Promise<void> {
  const opened = await open(path, 'r');
  try {
    await opened.sync();
  } finally {
    await opened.close();
  }
}
