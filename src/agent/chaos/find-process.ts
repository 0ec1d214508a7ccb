import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { identify, type ProcessIdentity } from '../../processes/identity.ts';
import type { FoundBy } from '../../specs/chaos/agent-settings.ts';
import { readProcess } from './process-facts.ts';

export type FoundProcess =
  { ok: true; identity: ProcessIdentity; how: string } | { ok: false; reason: string };

/** The process that is meant now: never one that is only like it. */
export async function findProcess(foundBy: FoundBy): Promise<FoundProcess> {
  const how = 'port' in foundBy ? `by its port ${foundBy.port}` : `by its file ${foundBy.pidFile}`;
  const read = 'port' in foundBy ? pidOn(foundBy.port) : pidIn(foundBy.pidFile);
  if (!read.ok) return read;
  const identity = await identify(read.pid);
  if (identity !== undefined) return { ok: true, identity, how };
  return { ok: false, reason: `process ${read.pid}, found ${how}, is not there` };
}

type ReadPid = { ok: true; pid: number } | { ok: false; reason: string };

function pidIn(file: string): ReadPid {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return { ok: false, reason: `${file} cannot be read (${code})` };
  }
  // Some servers write more lines below it.
  const [first = ''] = text.trim().split('\n');
  const pid = Number(first.trim());
  if (Number.isSafeInteger(pid) && pid > 0) return { ok: true, pid };
  return { ok: false, reason: `${file} has no process ID in its first line` };
}

const listening = '0A';

function pidOn(port: number): ReadPid {
  const sockets = new Set([...socketsOn(port, 'tcp'), ...socketsOn(port, 'tcp6')]);
  if (sockets.size === 0) return { ok: false, reason: `nothing listens on port ${port}` };
  const holders = pidsInProc().filter((pid) => holdsOneOf(pid, sockets));
  const [pid, ...others] = holders;
  if (pid === undefined) {
    const reason = `what listens on port ${port} belongs to an account whose processes the agent may not read`;
    return { ok: false, reason };
  }
  // A server hands its socket on to the processes that it starts: it is the one above them.
  const [top = pid, ...more] = others.length === 0 ? [pid] : topmost(holders);
  if (more.length === 0) return { ok: true, pid: top };
  return {
    ok: false,
    reason: `several processes listen on port ${port}: ${holders.join(', ')}; write pidFile`,
  };
}

function topmost(pids: readonly number[]): number[] {
  return pids.filter((pid) => !pids.includes(readProcess(pid)?.parent ?? 0));
}

function socketsOn(port: number, table: string): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/net/${table}`, 'utf8');
  } catch {
    return [];
  }
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      const isWanted = state === listening && local.endsWith(`:${wanted}`);
      return isWanted && inode !== undefined ? [`socket:[${inode}]`] : [];
    });
}

function pidsInProc(): number[] {
  return readdirSync('/proc').map(Number).filter(Number.isInteger);
}

function holdsOneOf(pid: number, sockets: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => {
      try {
        return sockets.has(readlinkSync(`/proc/${pid}/fd/${fd}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}
