import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import { oneLine } from './one-line.ts';

/** A snapshot, as its repository lists it. */
export interface Snapshot {
  id: string;
  /** The hash of all that is in it: equal trees have equal content. */
  tree: string;
  atMs: number;
  host: string;
  paths: readonly string[];
  tags: readonly string[];
  /** The snapshot that it is a copy of, or was before its tags were changed. */
  original?: string;
  /** As restic 0.17 and later write it. */
  summary?: { bytes: number; storedBytes: number; startedAtMs: number; stoppedAtMs: number };
}

export interface SnapshotList {
  snapshots: readonly Snapshot[];
  /** Those that are in the repository and cannot be read. */
  unreadable: readonly { id: string; why: string }[];
}

interface RawSnapshot {
  id: string;
  tree?: string;
  time: string;
  hostname?: string;
  paths?: string[];
  tags?: string[];
  original?: string;
  summary?: {
    total_bytes_processed?: number;
    data_added?: number;
    data_added_packed?: number;
    backup_start?: string;
    backup_end?: string;
  };
}

/** Of `restic snapshots --json`, oldest first; undefined where it is no such list. */
export function readSnapshots({ stdout, stderr }: ToolAnswer): SnapshotList | undefined {
  try {
    // It writes nothing where there is none, or null.
    const listed = (stdout.trim() === '' ? null : JSON.parse(stdout)) as RawSnapshot[] | null;
    const snapshots = (listed ?? []).map(readSnapshot);
    if (snapshots.some(({ atMs, id }) => Number.isNaN(atMs) || typeof id !== 'string')) {
      return undefined;
    }
    return {
      snapshots: snapshots.toSorted((one, other) => one.atMs - other.atMs),
      unreadable: readUnreadable(stderr),
    };
  } catch {
    return undefined;
  }
}

function readSnapshot(raw: RawSnapshot): Snapshot {
  const { id, tree = '', time, hostname = '', paths = [], tags = [], original, summary } = raw;
  const atMs = Date.parse(time);
  return {
    ...{ id, tree, atMs, host: hostname, paths, tags },
    ...(original !== undefined && { original }),
    ...(summary && {
      summary: {
        bytes: summary.total_bytes_processed ?? 0,
        storedBytes: summary.data_added_packed ?? summary.data_added ?? 0,
        startedAtMs: Date.parse(summary.backup_start ?? time),
        stoppedAtMs: Date.parse(summary.backup_end ?? time),
      },
    }),
  };
}

/** It leaves them out, says so on stderr, and exits with 0. */
function readUnreadable(stderr: string): { id: string; why: string }[] {
  const said =
    /(?:could not load snapshot (?<short>\w+)|^Ignoring "(?<full>\w+)": failed to load snapshot \w+): (?<why>.*)/gm;
  return [...stderr.matchAll(said)].map(({ groups = {} }) => ({
    id: groups['full'] ?? groups['short'] ?? '',
    why: oneLine(groups['why'] ?? ''),
  }));
}
