/** A socket that listens on a port, as the kernel lists it. */
export interface ListeningSocket {
  inode: string;
  /** The account that opened it. */
  uid: number;
}

/** A process that holds some of those sockets. */
export interface SocketHolder {
  pid: number;
  parent: number;
  uid: number;
  inodes: readonly string[];
}

export interface Listeners {
  port: number;
  sockets: readonly ListeningSocket[];
  /** Those whose files may be read. */
  holders: readonly SocketHolder[];
  /** Whether the files of every process could be read: no holder is missing then. */
  isComplete: boolean;
}

export type ChosenListener = { ok: true; pid: number } | { ok: false; reason: string };

/** The process that serves a port. Refused wherever it may be one that could not be read. */
export function chooseListener({ port, sockets, holders, isComplete }: Listeners): ChosenListener {
  const refused = (reason: string): ChosenListener => ({ ok: false, reason });
  if (sockets.length === 0) return refused(`nothing listens on port ${port}`);
  for (const { inode, uid } of sockets) {
    const own = holders.filter(({ inodes }) => inodes.includes(inode));
    if (own.length === 0) {
      return refused(
        `a process that listens on port ${port}, of account ${uid}, cannot be read: the agent needs the same account, or root`,
      );
    }
    // What is read may only have inherited it from a process that cannot be.
    if (isComplete || own.some((holder) => holder.uid === uid)) continue;
    const others = own.map((holder) => `${holder.pid} (account ${holder.uid})`).join(', ');
    return refused(
      `account ${uid} opened port ${port}, and only processes of other accounts can be read: ${others}; the agent needs root, or write pidFile`,
    );
  }
  // A server hands its socket on to the processes that it starts: it is the one above them.
  const pids = holders.map(({ pid }) => pid);
  const [top, ...more] = holders.filter(({ parent }) => !pids.includes(parent));
  if (top !== undefined && more.length === 0) return { ok: true, pid: top.pid };
  return refused(`several processes listen on port ${port}: ${pids.join(', ')}; write pidFile`);
}
