import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import {
  chooseListener,
  type ChosenListener,
  type ListeningSocket,
  type SocketHolder,
} from '../../policies/chaos/choose-listener.ts';
import { readProcess } from './process-facts.ts';

const listening = '0A';

/** The process that serves this port, as far as the kernel lets the agent know. */
export function findListener(port: number): ChosenListener {
  const sockets = [...socketsOn(port, 'tcp'), ...socketsOn(port, 'tcp6')];
  const wanted = new Map(sockets.map(({ inode }) => [`socket:[${inode}]`, inode]));
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger);
  const holders: SocketHolder[] = [];
  // A file system that hides the processes of others hides the first one as well.
  let isComplete = pids.includes(1);
  for (const pid of pids) {
    const held = filesOf(pid);
    if (held === 'unreadable') isComplete = false;
    else {
      const inodes = held.flatMap((file) => wanted.get(file) ?? []);
      const uid = inodes.length > 0 ? accountOf(pid) : undefined;
      const parent = readProcess(pid)?.parent;
      if (uid !== undefined && parent !== undefined) holders.push({ pid, parent, uid, inodes });
    }
  }
  return chooseListener({ port, sockets, holders, isComplete });
}

function socketsOn(port: number, table: string): ListeningSocket[] {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return readText(`/proc/net/${table}`)
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [, local = '', , state, , , , uid, , inode] = line.trim().split(/\s+/);
      const isWanted = state === listening && local.endsWith(`:${wanted}`);
      return isWanted && inode !== undefined ? [{ inode, uid: Number(uid) }] : [];
    });
}

/** What a process has open; nothing where it has ended meanwhile. */
function filesOf(pid: number): string[] | 'unreadable' {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch {
        return [];
      }
    });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    return ['EACCES', 'EPERM'].includes(code) ? 'unreadable' : [];
  }
}

/** The account whose rights it has. */
function accountOf(pid: number): number | undefined {
  const [, uid] = /^Uid:\s+\d+\s+(\d+)/m.exec(readText(`/proc/${pid}/status`)) ?? [];
  return uid === undefined ? undefined : Number(uid);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
