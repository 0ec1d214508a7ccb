import { createHash } from 'node:crypto';
import { chown, lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { copyName, type RestoreTarget } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';

/** The longest path of a socket, which the kernel bounds. */
const longestSocket = 107;
const socketName = '.s.PGSQL.5432';

/** What is kept of a copy beside its data. */
export interface CopyRecord {
  copy: string;
  repository: number;
  label: string;
  target: RestoreTarget;
  /** The last segment that a restore of all that there is has to reach. */
  reaches?: string;
  segmentBytes: number;
  /** The log is read from a folder of this host, so that the copy needs no network. */
  isLocal: boolean;
  restoredAtMs: number;
}

/** The parts of a copy. Its folder is named by a digest: the name of a copy may be no name of a file. */
export function copyFolders(scratch: string, copy: string) {
  const root = join(scratch, `pg-${digest(copy)}`);
  return {
    root,
    data: join(root, 'data'),
    socket: join(root, 'sock'),
    log: join(root, 'log'),
    logFile: join(root, 'log', 'postgres.log'),
    tablespaces: join(root, 'tablespaces'),
    settings: join(root, 'postgresql.conf'),
    access: join(root, 'pg_hba.conf'),
    identities: join(root, 'pg_ident.conf'),
    record: join(root, 'copy.json'),
  };
}

export type CopyFolders = ReturnType<typeof copyFolders>;

/** Of what one act keeps in the scratch folder. */
export function scratchName(act: RunStep): string {
  return `act-${digest(copyName(act))}`;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Makes what is missing, for the account that PostgreSQL runs as and for nobody else. */
export async function makeFolders(folders: CopyFolders, uid: number): Promise<void> {
  const socket = join(folders.socket, socketName);
  if (Buffer.byteLength(socket) > longestSocket) {
    throw new AgentError(
      'refused',
      `${socket} is too long for a socket (${longestSocket} bytes at most): use a scratch folder with a shorter path`,
    );
  }
  const { root, data, log, tablespaces } = folders;
  for (const folder of [root, data, folders.socket, log, tablespaces]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await giveTo(folder, uid);
  }
}

async function giveTo(path: string, uid: number): Promise<void> {
  const found = await lstat(path);
  if (found.uid === uid) return;
  await chown(path, uid, found.gid);
}

/** Replaces what is there; readable for the account of PostgreSQL. */
export async function writeFor(path: string, text: string, uid: number): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveTo(path, uid);
}

export async function readRecord({ record, root }: CopyFolders): Promise<CopyRecord> {
  const text = await readFile(record, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as CopyRecord;
  throw new AgentError('refused', `there is no copy in ${root}: it was removed, or never restored`);
}
