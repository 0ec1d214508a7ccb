import { copyFile, open, readdir, rm, stat, truncate } from 'node:fs/promises';
import { join } from 'node:path';

/** The log files of a replica, kept across its restarts. */
export interface LogFiles {
  out: string;
  err: string;
}

const longestBytes = 5 * 1024 * 1024;
const tailBytes = 256 * 1024;

export function logFilesOf(folder: string, replica: string): LogFiles {
  return { out: join(folder, `${replica}.out.log`), err: join(folder, `${replica}.err.log`) };
}

/** Keeps a file and its predecessor (`.1`) at about this size each while a process writes to it. */
export async function boundLogs({ out, err }: LogFiles): Promise<void> {
  for (const path of [out, err]) {
    if ((await sizeOf(path)) < longestBytes) continue;
    await copyFile(path, `${path}.1`);
    await truncate(path);
  }
}

/** Removes the files of the replicas for which `test` returns true. */
export async function pruneLogs(folder: string, isOld: (replica: string) => boolean) {
  const names = await readdir(folder).catch(() => []);
  const old = names.filter((name) => isOld(name.replace(/\.(out|err)\.log(\.1)?$/, '')));
  await Promise.all(old.map((name) => rm(join(folder, name), { force: true })));
}

/** The last lines of a file, none if there is no file. Bytes before `from` are left out. */
export async function readTail(path: string, lines: number, from = 0): Promise<string[]> {
  const file = await open(path).catch(() => undefined);
  if (!file) return [];
  try {
    const { size } = await file.stat();
    const start = Math.max(from <= size ? from : 0, size - tailBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(size - start), 0, null, start);
    const found = buffer.toString('utf8', 0, bytesRead).split('\n');
    if (found.at(-1) === '') found.pop();
    return found.slice(-lines);
  } finally {
    await file.close();
  }
}

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.size ?? 0;
}
