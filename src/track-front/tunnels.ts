import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Upstream } from '../contracts/chaos/track-front.ts';

const connectWithinMs = 5_000;
const pollMs = 50;
/** One over which nothing has passed for so long carries no request. */
const quietMs = 1_000;

/**
 * Connections whose clients ask for another protocol, such as WebSocket. All that passes over one is between its client
 * and one pod, as if that had been chosen by the Service; it is of neither track.
 */
export class Tunnels {
  /** With the time when something has passed last. */
  readonly #open = new Map<Duplex, number>();

  get count(): number {
    return this.#open.size;
  }

  /** By the first of these pods that takes a connection. */
  async open(
    request: IncomingMessage,
    client: Duplex,
    { head, upstreams }: { head: Buffer; upstreams: readonly Upstream[] },
  ): Promise<'opened' | 'not-connected'> {
    client.on('error', () => client.destroy());
    for (const upstream of upstreams) {
      const pod = await connectTo(upstream);
      if (pod === undefined) continue;
      this.#join(client, pod);
      pod.write(headOf(request), 'latin1');
      pod.write(head);
      return 'opened';
    }
    client.end(
      'HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n',
    );
    return 'not-connected';
  }

  /** Each as soon as it is quiet, and all of them in the end. */
  async close(limitMs: number): Promise<void> {
    const deadlineMs = performance.now() + limitMs;
    while (this.#open.size > 0) {
      const nowMs = performance.now();
      for (const [client, lastMs] of this.#open) {
        if (nowMs - lastMs >= quietMs || nowMs >= deadlineMs) client.destroy();
      }
      await sleep(pollMs);
    }
  }

  #join(client: Duplex, pod: Socket): void {
    const note = () => this.#open.set(client, performance.now());
    client.once('close', () => {
      this.#open.delete(client);
      pod.destroy();
    });
    if (!client.destroyed) note();
    pod.once('close', () => client.end());
    pod.on('error', () => client.destroy());
    if (client.destroyed) pod.destroy();
    client.on('data', note).pipe(pod);
    pod.on('data', note).pipe(client);
  }
}

async function connectTo({ host, port }: Upstream): Promise<Socket | undefined> {
  const pod = connect({ host, port, noDelay: true });
  try {
    await once(pod, 'connect', { signal: AbortSignal.timeout(connectWithinMs) });
    return pod;
  } catch {
    pod.destroy();
    return undefined;
  }
}

/** As it came. */
function headOf({ method, url, httpVersion, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ''}`] : [],
  );
  return [`${method} ${url} HTTP/${httpVersion}`, ...lines, '', ''].join('\r\n');
}
