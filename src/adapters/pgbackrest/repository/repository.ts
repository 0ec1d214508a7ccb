import { readFile } from 'node:fs/promises';
import type { BackupSet } from '../../../contracts/backups/backup-set.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { parseControlData } from '../source/control-data.ts';
import { localRepository, readOptions } from '../tool/config-file.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { readingFailed } from '../tool/reading-failed.ts';
import {
  parseListing,
  readArchive,
  type Archive,
  type ListedFile,
} from '../wal/archive-listing.ts';
import { inferSegmentBytes } from '../wal/segments.ts';
import { parseInfo, type Info } from './info.ts';
import { isAway, judgeRepository } from './judge-repository.ts';
import { readSets } from './sets.ts';

/** One repository of a stanza, read as it is now. */
export interface Repository {
  name: string;
  key: number;
  info: Info;
  sets: readonly BackupSet[];
  archive: Archive;
  segmentBytes: number;
  /** Where it is on this host; absent where it is elsewhere. */
  folder?: string;
}

/** What a repository lists, without its log. */
export type ListedRepository = Omit<Repository, 'archive'>;

/** Throws AgentError `refused` for a repository that cannot be used, with every reason. */
export async function openRepository(
  tools: ClusterTools,
  name: string,
  attempt: Attempt,
): Promise<Repository> {
  const listed = await listRepository(tools, name, attempt);
  const files = await listArchive(tools, listed, attempt);
  return { ...listed, archive: readArchive(files, listed.segmentBytes) };
}

/** Throws as `openRepository` does. */
export async function listRepository(
  tools: ClusterTools,
  name: string,
  attempt: Attempt,
): Promise<ListedRepository> {
  const key = keyOf(tools, name);
  const [info, control, options] = await Promise.all([
    readInfo(tools, key, attempt),
    readControlData(tools, attempt),
    configOf(tools, 'backup'),
  ]);
  const { stanza, config } = tools.settings.pgbackrest;
  const reasons = judgeRepository(info, {
    ...{ name, key, stanza, config },
    ...(control?.systemId !== undefined && { systemId: control.systemId }),
  });
  if (reasons.length > 0) {
    throw new AgentError(isAway(info, key) ? 'unfinished' : 'refused', reasons.join('\n'));
  }
  const sets = readSets(info, { key, name });
  const positions = sets.flatMap(({ wal }) => (wal === undefined ? [] : [wal.start]));
  const folder = localRepository(options, key);
  return {
    ...{ name, key, info, sets },
    segmentBytes: control?.segmentBytes ?? inferSegmentBytes(positions),
    ...(folder !== undefined && { folder }),
  };
}

/** Of pgBackRest's options. Throws AgentError `refused` for a repository that the settings do not name. */
export function keyOf({ settings }: ClusterTools, name: string): number {
  const { repositories } = settings.pgbackrest;
  const key = repositories[name];
  if (key !== undefined) return key;
  const known = Object.keys(repositories).join(', ');
  throw new AgentError(
    'refused',
    `the cluster has no repository ${JSON.stringify(name)} in the agent's settings; it has: ${known || 'none'}`,
  );
}

/** Of one repository: one that is away must not keep the others waiting. */
async function readInfo(tools: ClusterTools, key: number, attempt: Attempt): Promise<Info> {
  const answer = await tools.readRepository([`--repo=${key}`, '--output=json', 'info'], attempt);
  if (answer.exitCode === 0) return parseInfo(answer.stdout);
  throw readingFailed('info', answer);
}

/** Of the cluster on this host; absent where it has none. */
export async function readControlData(tools: ClusterTools, attempt: Attempt) {
  const { dataFolder } = tools.settings;
  const answer = await tools
    .program('pg_controldata')
    .then((program) => tools.read([program, dataFolder], attempt))
    .catch(() => undefined);
  return answer?.exitCode === 0 ? parseControlData(answer.stdout) : undefined;
}

export async function configOf(
  { settings }: ClusterTools,
  command: string,
): Promise<Map<string, string>> {
  const { config, stanza } = settings.pgbackrest;
  const text = await readFile(config, 'utf8').catch((error: unknown) => {
    throw new AgentError('refused', `the configuration of pgBackRest: ${(error as Error).message}`);
  });
  return readOptions(text, { stanza, command });
}

async function listArchive(
  tools: ClusterTools,
  { key, info }: { key: number; info: Info },
  attempt: Attempt,
): Promise<ListedFile[]> {
  const newest = info.archives
    .filter(({ repository }) => repository === key)
    .toSorted((a, b) => b.database - a.database)[0];
  if (newest === undefined) return [];
  const folder = `archive/${tools.settings.pgbackrest.stanza}/${newest.id}`;
  const args = [`--repo=${key}`, '--recurse', '--output=json', 'repo-ls', folder];
  return parseListing(await tools.requireRepository(args, attempt));
}
