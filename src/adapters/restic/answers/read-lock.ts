/** A lock, as restic keeps it in the repository. */
export interface Lock {
  id: string;
  createdAtMs: number;
  isExclusive: boolean;
  host: string;
  user: string;
  pid: number;
}

/** restic refreshes the lock of a living process, and removes one that is older. */
const staleAfterMs = 30 * 60_000;

/** Of `restic cat lock`; undefined if the answer is not a lock. */
export function readLock(id: string, text: string): Lock | undefined {
  try {
    const { time, exclusive, hostname, username, pid } = JSON.parse(text) as Record<
      string,
      unknown
    >;
    const createdAtMs = Date.parse(String(time));
    if (Number.isNaN(createdAtMs) || typeof pid !== 'number') return undefined;
    return {
      ...{ id, createdAtMs, isExclusive: exclusive === true, pid },
      ...{ host: String(hostname), user: String(username) },
    };
  } catch {
    return undefined;
  }
}

/** What is known of the host that reads the lock. */
export interface LockWitness {
  host: string;
  nowMs: number;
  isAlive(pid: number): boolean;
}

/** Whether it was left: a plain `restic unlock` removes it, and the next act does that. */
export function isLeft(lock: Lock, { host, nowMs, isAlive }: LockWitness): boolean {
  if (nowMs - lock.createdAtMs > staleAfterMs) return true;
  return lock.host === host && !isAlive(lock.pid);
}

export function describeLock(lock: Lock, witness: LockWitness): string {
  const { id, pid, host, user, createdAtMs, isExclusive } = lock;
  const since = new Date(createdAtMs).toISOString();
  const who = `process ${pid} of ${user} on ${host}, since ${since}`;
  const what = `${isExclusive ? 'an exclusive lock' : 'a lock'} (${id.slice(0, 8)}) of ${who}`;
  if (isLeft(lock, witness)) {
    return `${what}, was left by a process that is gone: the next act removes it`;
  }
  return isExclusive ? `${what}: nothing else can be done until it is released` : what;
}
