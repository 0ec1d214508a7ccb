import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** One process for good: a pid alone may belong to somebody else by the time it is read again. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal only for the same process, reboots included. */
  startTime: string;
}

const run = promisify(execFile);
const pollIntervalMs = 25;

/** The process that has this pid now, or undefined if it has ended (a zombie counts as ended). */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const found = await read(pid);
  return found === undefined ? undefined : { pid, startTime: found.startTime };
}

export type ProcessState = 'running' | 'stopped' | 'gone';

/** Whether it goes on, as the kernel says; stopped is one that got SIGSTOP. */
export async function stateOf({ pid, startTime }: ProcessIdentity): Promise<ProcessState> {
  const found = await read(pid);
  if (found?.startTime !== startTime) return 'gone';
  return /^[Tt]/.test(found.state) ? 'stopped' : 'running';
}

interface Found {
  startTime: string;
  /** The first letter says what it does. */
  state: string;
}

function read(pid: number): Promise<Found | undefined> {
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid);
}

export async function identifySelf(): Promise<ProcessIdentity> {
  const self = await identify(process.pid);
  if (!self) throw new Error(`cannot read the start time of process ${process.pid}`);
  return self;
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startTime === identity.startTime;
}

/** How the process came to be gone. */
export type StopResult = 'was-gone' | 'stopped' | 'killed';

/**
 * SIGTERM, and SIGKILL once `graceMs` have passed. Never signals a stranger that has taken the
 * pid over. Returns when the process is gone.
 */
export async function stopProcess(
  identity: ProcessIdentity,
  { graceMs }: { graceMs: number },
): Promise<StopResult> {
  if (!(await signal(identity, 'SIGTERM'))) return 'was-gone';
  if (await isGoneWithin(identity, graceMs)) return 'stopped';
  await signal(identity, 'SIGKILL');
  if (await isGoneWithin(identity, 10_000)) return 'killed';
  throw new Error(`process ${identity.pid} is still there 10 s after SIGKILL`);
}

async function signal(identity: ProcessIdentity, name: NodeJS.Signals): Promise<boolean> {
  if (!(await isAlive(identity))) return false;
  try {
    return process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

async function isGoneWithin(identity: ProcessIdentity, limitMs: number): Promise<boolean> {
  const deadline = performance.now() + limitMs;
  while (await isAlive(identity)) {
    if (performance.now() >= deadline) return false;
    await sleep(pollIntervalMs);
  }
  return true;
}

let bootId: Promise<string> | undefined;

/** Clock ticks since boot, which mean nothing without the boot they count from. */
async function readFromProc(pid: number): Promise<Found | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  // The command name, in parentheses, may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  if (state === undefined || state === 'Z' || state === 'X') return undefined;
  if (startTicks === undefined) return undefined;
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8');
  return { startTime: `${(await bootId).trim()}/${startTicks}`, state };
}

async function readFromPs(pid: number): Promise<Found | undefined> {
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    });
    const [state, ...started] = stdout.trim().split(/\s+/);
    if (state === undefined || state === '' || state.startsWith('Z')) return undefined;
    return { startTime: started.join(' '), state };
  } catch {
    return undefined;
  }
}
