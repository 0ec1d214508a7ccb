import { join } from 'node:path';
import type { Among, Commit } from '../../../contracts/backups/search.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import { readOwn, writeInto, type CopyFolders } from '../copies/copy-folder.ts';
import { parseLsn } from '../wal/segments.ts';
import type { IndexedCommit } from './log-reader.ts';

/** What was read of a log, beside the copy that it is for. */
export interface LogIndex {
  commits: readonly IndexedCommit[];
  /** Of the first commit that was left out; absent: the log ends with these. */
  endLsn?: string;
  /** What replay does to files at once, so that no page on disk tells of it: a copy never goes back over it. */
  oneWay: readonly string[];
  /** Those that were read, in order; the timeline may change on the way. */
  segments: readonly string[];
  /** Of the table that is looked at; empty: of none. */
  files: readonly string[];
  /** The start of its host: nothing that the server of a copy has written is sure to outlive it. Absent: an older agent has read it. */
  boot?: string;
}

const pathOf = ({ root }: CopyFolders) => join(root, 'history.json');

export async function writeIndex(folders: CopyFolders, index: LogIndex): Promise<void> {
  await writeInto(folders, pathOf(folders), `${JSON.stringify(index)}\n`);
}

export async function readIndex(folders: CopyFolders): Promise<LogIndex> {
  const text = await readOwn(folders, pathOf(folders));
  const unknown = { oneWay: [], segments: [] };
  if (text !== undefined) return { ...unknown, ...(JSON.parse(text) as LogIndex) };
  throw new AgentError('refused', `the log of the copy in ${folders.root} was not read yet`);
}

/** Places of the commits that are looked at, from 0 on. */
export function placesAmong({ commits, files }: LogIndex, among: Among): number[] {
  const wanted = new Set(files);
  const touches = ({ rows, drops }: IndexedCommit) =>
    Object.keys(rows).some((file) => wanted.has(file)) || drops.some((file) => wanted.has(file));
  return commits.flatMap((commit, place) => (among === 'all' || touches(commit) ? [place] : []));
}

/**
 * Where replay stops to show a state: right after the commit of its last transaction, before a later one has locked anything.
 * The first state, and each of a log that an older agent has read, end with the next commit. Absent: all of the log.
 */
export function limitOf(
  { commits, endLsn }: Pick<LogIndex, 'commits' | 'endLsn'>,
  state: number,
): bigint | undefined {
  const limit = commits[state - 1]?.nextLsn ?? commits[state]?.lsn ?? endLsn;
  if (limit === undefined) return undefined;
  const position = parseLsn(limit);
  if (position !== undefined) return position;
  throw new AgentError('refused', `the log of the copy was read wrongly: ${limit} is no position`);
}

export function describeCommit({ commits }: LogIndex, place: number): Commit | undefined {
  const commit = commits[place];
  if (commit === undefined) return undefined;
  const { xid, lsn, at, rows } = commit;
  return { ordinal: place + 1, xid, lsn, at, records: sumOf(rows) };
}

function sumOf(rows: Readonly<Record<string, number>>): number {
  return Object.values(rows).reduce((sum, count) => sum + count, 0);
}
