/** The processes of the server of one data folder: found by where they work, whoever started them. */
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ServerProcess {
  pid: number;
  startTicks: string;
  /** The letter of the kernel: `T` stopped, `D` waits for a device, `Z` a zombie. */
  state: string;
}

interface Stat extends ServerProcess {
  parent: number;
}

const pollMs = 5;

/**
 * Every process of PostgreSQL works in its data folder, also a backend whose postmaster has ended. What
 * they started, such as an archive command, belongs to them.
 */
export async function listServerProcesses(dataFolder: string): Promise<ServerProcess[]> {
  const folder = await stat(dataFolder).catch(() => undefined);
  if (folder === undefined) return [];
  const all = await listProcesses();
  const servers = new Set<number>();
  for (const { pid } of all) {
    const cwd = await stat(`/proc/${pid}/cwd`).catch(() => undefined);
    const isThere = cwd?.dev === folder.dev && cwd.ino === folder.ino;
    if (isThere && (await isPostgres(pid))) servers.add(pid);
  }
  for (let before = -1; before < servers.size;) {
    before = servers.size;
    for (const { pid, parent } of all) if (servers.has(parent)) servers.add(pid);
  }
  return all.filter(({ pid }) => servers.has(pid));
}

/**
 * Ends them all, whatever they do, and returns how many there were. A zombie has ended: it holds nothing
 * but its number. Throws where one is still there in the end, such as one that waits for a device which
 * does not answer.
 */
export async function killServer(dataFolder: string, withinMs: number): Promise<number> {
  const deadline = performance.now() + withinMs;
  const seen = new Map<string, ServerProcess>();
  for (;;) {
    const found = await listServerProcesses(dataFolder);
    for (const each of found) {
      seen.set(`${each.pid}/${each.startTicks}`, each);
      kill(each.pid);
    }
    const left = await stillThere([...seen.values()]);
    if (found.length === 0 && left.length === 0) return seen.size;
    if (performance.now() > deadline) {
      const said = left.map(({ pid, state }) => `${pid} (${state})`).join(', ');
      throw new Error(`processes of ${dataFolder} do not end: ${said}`);
    }
    await sleep(pollMs);
  }
}

/** Whether a process has ended, and its parent has not noticed: it has its number still. */
export async function isZombie(pid: number): Promise<boolean> {
  return (await readStat(pid))?.state === 'Z';
}

async function stillThere(seen: readonly ServerProcess[]): Promise<ServerProcess[]> {
  const now = await Promise.all(seen.map(({ pid }) => readStat(pid)));
  const same = now.filter((each, index) => each?.startTicks === seen[index]?.startTicks);
  const running = await Promise.all(same.map(async (each) => each && (await isRunning(each))));
  return same.filter((each, index) => each !== undefined && running[index]) as ServerProcess[];
}

/** Also where only the first of its threads has ended. */
async function isRunning({ pid, state }: ServerProcess): Promise<boolean> {
  if (state !== 'Z' && state !== 'X') return true;
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  return threads.length > 1;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function listProcesses(): Promise<Stat[]> {
  const names = await readdir('/proc');
  const pids = names.map(Number).filter(Number.isInteger);
  const found = await Promise.all(pids.map(readStat));
  return found.filter((each) => each !== undefined);
}

async function readStat(pid: number): Promise<Stat | undefined> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  // The name, in parentheses, may itself hold spaces and parentheses.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state = '', parent = ''] = fields;
  return { pid, state, parent: Number(parent), startTicks: fields[19] ?? '' };
}

/** Also one whose program was replaced by an upgrade. */
async function isPostgres(pid: number): Promise<boolean> {
  const exe = await readlink(`/proc/${pid}/exe`).catch(() => '');
  return ['postgres', 'postmaster'].includes(basename(exe.replace(/ \(deleted\)$/, '')));
}
