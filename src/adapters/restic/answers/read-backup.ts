import { oneLine } from './one-line.ts';

/** What `restic backup --json` says at its end. */
export interface BackupSummary {
  /** The beginning of the snapshot's ID, or all of it. */
  snapshot: string;
  files: number;
  bytes: number;
  storedBytes: number;
  tookMs: number;
}

interface Line {
  message_type?: string;
  snapshot_id?: string;
  total_files_processed?: number;
  total_bytes_processed?: number;
  data_added?: number;
  data_added_packed?: number;
  total_duration?: number;
  item?: string;
  error?: { message?: string; Op?: string; Err?: unknown };
}

export function readSummary(stdout: string): BackupSummary | undefined {
  const found = jsonLines(stdout).findLast(({ message_type: type }) => type === 'summary');
  if (found?.snapshot_id === undefined || found.snapshot_id === '') return undefined;
  return {
    snapshot: found.snapshot_id,
    files: found.total_files_processed ?? 0,
    bytes: found.total_bytes_processed ?? 0,
    storedBytes: found.data_added_packed ?? found.data_added ?? 0,
    tookMs: Math.round((found.total_duration ?? 0) * 1000),
  };
}

/** The errno that Go marshals as a number. */
const reasons: Readonly<Record<number, string>> = {
  1: 'operation not permitted',
  2: 'it was removed meanwhile',
  5: 'input/output error',
  13: 'permission denied',
  20: 'not a directory',
  116: 'stale file handle',
};

/** What could not be read, each with the reason, as far as it was kept of the output. */
export function readUnread(stderr: string): string[] {
  const ofFiles = jsonLines(stderr)
    .filter(({ message_type: type }) => type === 'error')
    .map(({ item = 'a file', error }) => `${item} (${reasonOf(error)})`);
  const skipped = [...stderr.matchAll(/^(?<path>\/.*) does not exist, skipping$/gm)].map(
    ({ groups }) => `${groups?.['path'] ?? ''} (it does not exist)`,
  );
  return [...skipped, ...ofFiles].map((line) => oneLine(line));
}

function reasonOf(error: Line['error']): string {
  if (error?.message !== undefined) return error.message;
  const { Err: code, Op: operation = 'read' } = error ?? {};
  return (typeof code === 'number' ? reasons[code] : undefined) ?? `${operation} failed`;
}

function jsonLines(text: string): Line[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    try {
      return [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}
