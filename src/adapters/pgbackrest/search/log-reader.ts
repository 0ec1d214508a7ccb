import { formatLsn, parseLsn } from '../wal/segments.ts';

/** A transaction as the index of a log has it. */
export interface IndexedCommit {
  xid: string;
  /** Of the record of its commit. */
  lsn: string;
  /** Of the record after that; absent where nothing follows, or an older agent has read the log. */
  nextLsn?: string;
  at: string;
  /** Rows that it wrote, by the file of their table. */
  rows: Readonly<Record<string, number>>;
  /** Files of tables that it dropped, as TRUNCATE and rewrites do, too. */
  drops: readonly string[];
}

const record =
  /^rmgr: (\w+)\s+len \(rec\/tot\):\s*\d+\/\s*\d+, tx:\s*(\d+), lsn: ([0-9A-F]+\/[0-9A-F]+), .*?desc: (.*)$/;
const firstFile = /blkref #0: rel (\d+\/\d+\/\d+)(?: fork main)? blk/;
const committed = /^COMMIT(?:_PREPARED (\d+):)? (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC/;

/** Files of tables that PostgreSQL makes itself have lower numbers. */
const firstOfUsers = 16_384;

/** Commits before or after these are left out. */
interface Bounds {
  fromLsn: string;
  untilLsn?: string | undefined;
  untilMs?: number | undefined;
}

/** Takes the lines of pg_waldump, in order, and tells which transactions were committed, and what they wrote. */
export class LogReader {
  readonly commits: IndexedCommit[] = [];
  /** Places where files are changed that no page tells of. */
  readonly oneWay: string[] = [];
  /** Of the first commit that was left out. */
  endLsn: string | undefined;
  /** Of the last record that was taken. */
  lastLsn: string | undefined;
  readonly #open = new Map<string, Map<string, number>>();
  readonly #fromLsn: bigint;
  readonly #untilLsn: bigint;
  readonly #untilMs: number;
  #last = -1n;
  /** The record before was its commit. */
  #justCommitted: IndexedCommit | undefined;
  #isOver = false;

  constructor({ fromLsn, untilLsn, untilMs = Infinity }: Bounds) {
    this.#fromLsn = parseLsn(fromLsn) ?? 0n;
    const until = untilLsn === undefined ? undefined : parseLsn(untilLsn);
    this.#untilLsn = until ?? 2n ** 64n;
    this.#untilMs = untilMs;
  }

  take(line: string): void {
    const [, manager, xid = '0', written = '', what = ''] = record.exec(line) ?? [];
    if (manager === undefined) return;
    const position = parseLsn(written) ?? 0n;
    const lsn = formatLsn(position);
    // Where two readings overlap.
    if (position <= this.#last) return;
    this.#last = position;
    this.lastLsn = lsn;
    if (this.#justCommitted !== undefined) this.#justCommitted.nextLsn = lsn;
    this.#justCommitted = undefined;
    if (manager === 'Heap' || manager === 'Heap2') this.#takeRows(xid, what);
    else if (manager === 'Transaction') this.#takeEnd(xid, { lsn, position }, what);
    else if (changesFiles(manager, what) && position >= this.#fromLsn) this.oneWay.push(lsn);
  }

  #takeRows(xid: string, what: string): void {
    const rows = rowsIn(what);
    const file = rows === 0 ? undefined : firstFile.exec(what)?.[1];
    if (xid === '0' || file === undefined || !isOfUsers(file)) return;
    const written = this.#open.get(xid) ?? new Map<string, number>();
    written.set(file, (written.get(file) ?? 0) + rows);
    this.#open.set(xid, written);
  }

  #takeEnd(tx: string, { lsn, position }: { lsn: string; position: bigint }, what: string): void {
    const [, prepared, day, clock] = committed.exec(what) ?? [];
    const isAbort = what.startsWith('ABORT');
    if (day === undefined && !isAbort) return;
    const xid = prepared ?? /^ABORT_PREPARED (\d+):/.exec(what)?.[1] ?? tx;
    const within = listed(what, 'subxacts');
    const rows = this.#sum([xid, ...within]);
    if (position < this.#fromLsn) return;
    // The file in which it was prepared is removed at once.
    if (what.includes('_PREPARED')) this.oneWay.push(lsn);
    if (day === undefined) return;
    const at = `${day}T${clock ?? ''}Z`;
    // Times of commits are not quite in order, and none in between may be left out.
    if (position > this.#untilLsn || Date.parse(at) > this.#untilMs) this.#isOver = true;
    if (this.#isOver) {
      this.endLsn ??= lsn;
      return;
    }
    const drops = listed(what, 'rels')
      .map(fileOf)
      .filter((file) => file !== undefined);
    this.#justCommitted = { xid, lsn, at, rows, drops };
    this.commits.push(this.#justCommitted);
  }

  /** Of a transaction with those within it, which are over now. */
  #sum(xids: readonly string[]): Record<string, number> {
    const sum: Record<string, number> = {};
    for (const xid of xids) {
      for (const [file, rows] of this.#open.get(xid) ?? []) sum[file] = (sum[file] ?? 0) + rows;
      this.#open.delete(xid);
    }
    return sum;
  }
}

/** Databases, tablespaces, the files of system tables, and what is known of transactions long past. */
function changesFiles(manager: string, what: string): boolean {
  if (['Database', 'Tablespace', 'RelMap'].includes(manager)) return true;
  return ['CLOG', 'MultiXact', 'CommitTs'].includes(manager) && what.startsWith('TRUNCATE');
}

function rowsIn(what: string): number {
  const several = /^MULTI_INSERT(?:\+INIT)?(?: ntuples:)? (\d+)/.exec(what)?.[1];
  if (several !== undefined) return Number(several);
  return /^(?:INSERT|UPDATE|HOT_UPDATE|DELETE)\b/.test(what) ? 1 : 0;
}

function isOfUsers(file: string): boolean {
  return Number(file.slice(file.lastIndexOf('/') + 1)) >= firstOfUsers;
}

/** `; subxacts: 727 728; rels: base/5/16385`. */
function listed(what: string, name: string): string[] {
  const found = new RegExp(`; ${name}: ([^;]*)`).exec(what)?.[1] ?? '';
  return found.split(' ').filter((word) => word !== '');
}

/** Undefined for one of a temporary table, and of PostgreSQL itself. */
function fileOf(path: string): string | undefined {
  const usual = /^base\/(\d+)\/(\d+)$/.exec(path);
  const placed = /^pg_tblspc\/(\d+)\/[^/]+\/(\d+)\/(\d+)$/.exec(path);
  const file = usual
    ? `1663/${usual[1] ?? ''}/${usual[2] ?? ''}`
    : placed && `${placed[1] ?? ''}/${placed[2] ?? ''}/${placed[3] ?? ''}`;
  return file && isOfUsers(file) ? file : undefined;
}
