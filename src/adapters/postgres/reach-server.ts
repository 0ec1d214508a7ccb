import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observation } from '../../contracts/recovery/database-node.ts';
import type { ReachServerCall, WatchServerCall } from '../../contracts/recovery/reach-server.ts';

/**
 * Asks for SSL, which needs no account: a server answers `S` or `N` from a process of its own, so that
 * one that is frozen, or whose host is, does not. (PostgreSQL's protocol, 55.2.10, SSLRequest.)
 */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

type Seen = Pick<Observation, 'view' | 'detail'>;

export async function reachServer(call: ReachServerCall): Promise<Observation> {
  return { by: 'belay', ...(await look(call)), forMs: 0 };
}

/** Looks until the server has not answered for `reportAfterMs`, or the signal is aborted. */
export async function watchServer(
  call: WatchServerCall,
  { signal, onLook }: { signal: AbortSignal; onLook: () => void },
): Promise<Observation> {
  let sinceMs: number | undefined;
  for (;;) {
    const lookedAtMs = performance.now();
    const seen = await look(call);
    onLook();
    if (seen.view === 'accepting') sinceMs = undefined;
    else sinceMs ??= lookedAtMs;
    const forMs = sinceMs === undefined ? 0 : performance.now() - sinceMs;
    if (sinceMs !== undefined && forMs >= call.reportAfterMs)
      return { by: 'belay', ...seen, forMs };
    await sleep(call.everyMs, undefined, { signal });
  }
}

function look({ address: { host, port }, timeoutMs }: ReachServerCall): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (seen: Seen) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(seen);
    };
    const silent = { view: 'silent', detail: `no answer within ${timeoutMs} ms` } as const;
    const timer = setTimeout(() => end(silent), timeoutMs);
    socket.once('connect', () => socket.write(sslRequest));
    socket.once('data', () => end({ view: 'accepting', detail: 'it answers' }));
    socket.once('end', () => end({ view: 'refused', detail: 'it hung up without an answer' }));
    socket.once('error', (error: NodeJS.ErrnoException) => end(readError(error)));
  });
}

function readError({ code, message }: NodeJS.ErrnoException): Seen {
  if (code === 'ECONNREFUSED')
    return { view: 'refused', detail: 'its host refuses the connection' };
  if (code === 'ECONNRESET') return { view: 'refused', detail: 'it reset the connection' };
  return { view: 'silent', detail: message };
}
