import { chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RestoreTarget } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';

/** The longest path of a socket, which the kernel bounds. */
const longestSocket = 107;
const socketName = '.s.PGSQL.5432';

/** What is kept of a copy beside its data. */
export interface CopyRecord {
  repository: number;
  label: string;
  target: RestoreTarget;
  /** The last segment that a restore of all that there is has to reach. */
  reaches?: string;
  segmentBytes: number;
  /** It has a network of its own, without a way out. */
  isIsolated: boolean;
  restoredAtMs: number;
}

/** The parts of a copy in the folder that the agent has for it. */
export function copyFolders(root: string) {
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

/** Makes what is missing, for the account that the folder belongs to and for nobody else. */
export async function makeFolders(folders: CopyFolders): Promise<void> {
  const socket = join(folders.socket, socketName);
  if (Buffer.byteLength(socket) > longestSocket) {
    throw new AgentError(
      'refused',
      `${socket} is too long for a socket (${longestSocket} bytes at most): use a scratch folder with a shorter path`,
    );
  }
  for (const folder of [folders.data, folders.socket, folders.log, folders.tablespaces]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await giveToOwner(folder, folders);
  }
}

async function giveToOwner(path: string, { root }: CopyFolders): Promise<void> {
  const [found, owner] = [await stat(path), await stat(root)];
  if (found.uid !== owner.uid) await chown(path, owner.uid, owner.gid);
}

/** Replaces what is there; readable for the account of PostgreSQL. */
export async function writeInto(folders: CopyFolders, path: string, text: string): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  await giveToOwner(path, folders);
}

export async function readRecord({ record, root }: CopyFolders): Promise<CopyRecord> {
  const text = await readFile(record, 'utf8').catch(() => undefined);
  if (text !== undefined) return JSON.parse(text) as CopyRecord;
  throw new AgentError('refused', `there is no copy in ${root}: it was removed, or never restored`);
}
