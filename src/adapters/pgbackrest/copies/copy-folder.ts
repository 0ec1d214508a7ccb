import { createHash, randomUUID } from 'node:crypto';
import { constants, link, mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { RestoreTarget, StopPoint } from '../../../contracts/backups/store.ts';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';

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
  /** The role that asks the queries of users. Nobody knew its name when the set was made. */
  reader: string;
}

/** The parts of a copy in the folder that the agent has for it. */
export function copyFolders(root: string) {
  return {
    root,
    data: join(root, 'data'),
    socket: join(root, 'sock'),
    log: join(root, 'log'),
    /** Segments of the log, as they were read. */
    wal: join(root, 'wal'),
    /** What of the log its server may replay. */
    gate: join(root, 'gate'),
    tablespaces: join(root, 'tablespaces'),
    settings: join(root, 'postgresql.conf'),
    access: join(root, 'pg_hba.conf'),
    identities: join(root, 'pg_ident.conf'),
    record: join(root, 'copy.json'),
    server: join(root, 'server.json'),
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
    await makeFolder(folder, folders);
  }
}

/**
 * The account may put links into its folder, and the agent may be root: nothing here follows one, or
 * changes by its path what it has not just made.
 */
export async function makeFolder(path: string, { root }: CopyFolders): Promise<void> {
  await mkdir(path, { mode: 0o700 }).catch(except('EEXIST'));
  const opened = await openFolder(path);
  try {
    await giveToOwner(opened, root);
  } finally {
    await opened.close();
  }
}

function openFolder(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;
  return open(path, flags).catch((error: unknown) => {
    const message = `${path} is no folder: somebody replaced it, so that this copy has to be removed`;
    throw new AgentError('refused', message, { cause: error });
  });
}

/** The folder of a path is opened once: whatever takes its place meanwhile is not written to. */
async function within<T>(path: string, work: (steady: string) => Promise<T>): Promise<T> {
  const folder = await openFolder(dirname(path));
  try {
    return await work(`/proc/self/fd/${folder.fd}/${basename(path)}`);
  } finally {
    await folder.close();
  }
}

/** The same file under another name of the copy. */
export async function linkInto(from: string, to: string): Promise<void> {
  await within(from, (source) => within(to, (target) => link(source, target)));
}

async function giveToOwner(opened: FileHandle, root: string): Promise<void> {
  const [found, owner] = [await opened.stat(), await stat(root)];
  if (found.uid !== owner.uid) await opened.chown(owner.uid, owner.gid);
}

/** Replaces what is there, also a link; readable for the account of PostgreSQL. */
export async function writeInto({ root }: CopyFolders, path: string, text: string): Promise<void> {
  await within(path, async (steady) => {
    const fresh = `${steady}.${randomUUID()}`;
    const opened = await open(fresh, 'wx', 0o600);
    try {
      await opened.writeFile(text);
      await giveToOwner(opened, root);
    } finally {
      await opened.close();
    }
    await rename(fresh, steady);
  });
}

/** A new file of so many bytes, all zero, for the account of PostgreSQL. */
export async function makeInto(
  { root }: CopyFolders,
  path: string,
  bytes: number,
): Promise<FileHandle> {
  const opened = await within(path, (steady) => open(steady, 'wx', 0o600));
  try {
    await opened.truncate(bytes);
    await giveToOwner(opened, root);
    return opened;
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** A file of the account itself, to be read in parts. */
export async function openOwn({ root }: CopyFolders, path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened = await open(path, flags);
  const [found, owner] = [await opened.stat(), await stat(root)];
  if (found.isFile() && found.uid === owner.uid) return opened;
  await opened.close();
  throw new AgentError('refused', `${path} is no file of the account of the copy`);
}

/** A file of the account itself. Absent where there is none, or something else in its place. */
export async function readOwn({ root }: CopyFolders, path: string): Promise<string | undefined> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const opened = await open(path, flags).catch(except('ENOENT', 'ENOTDIR', 'ELOOP', 'ENXIO'));
  if (opened === undefined) return undefined;
  try {
    const [found, owner] = [await opened.stat(), await stat(root)];
    const isOwn = found.isFile() && found.uid === owner.uid;
    return isOwn ? await opened.readFile('utf8') : undefined;
  } finally {
    await opened.close();
  }
}

export async function readRecord(folders: CopyFolders): Promise<CopyRecord> {
  const record = parse(await readOwn(folders, folders.record)) as CopyRecord | undefined;
  if (record) return record;
  throw new AgentError(
    'refused',
    `there is no copy in ${folders.root}: it was removed, or never restored`,
  );
}

/** The message of what cannot be parsed would quote it. */
function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The log of the server that an act runs: another of the same copy has a file of its own. */
export function logFileOf({ log }: CopyFolders, { runRef, step }: RunStep): string {
  const key = createHash('sha256').update(`${runRef}/${step}`).digest('hex').slice(0, 16);
  return join(log, `${key}.log`);
}

/** Which act runs, or ran last, the server of a copy, and where it waits; absent: nowhere. */
export interface CopyServer extends RunStep {
  until?: StopPoint;
}

export async function writeServer(
  folders: CopyFolders,
  { runRef, step, until }: CopyServer,
): Promise<void> {
  await writeInto(folders, folders.server, `${JSON.stringify({ runRef, step, until })}\n`);
}

/** Absent: nobody has started it yet. */
export async function readServer(folders: CopyFolders): Promise<CopyServer | undefined> {
  return parse(await readOwn(folders, folders.server)) as CopyServer | undefined;
}

function except(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  };
}
