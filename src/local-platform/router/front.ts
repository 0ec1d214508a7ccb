import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type ServerOptions,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { OpenRequests } from '../replicas/open-requests.ts';

const drainLimitMs = 10_000;
const idlePollMs = 20;
/** Longer than clients keep idle connections, so that they close first. */
const keepAliveMs = 65_000;

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontOptions {
  limits?: Pick<ServerOptions, 'keepAliveTimeout' | 'requestTimeout' | 'maxHeaderSize'>;
  /** Who takes connections whose clients ask for another protocol. Absent: they get answers of HTTP. */
  onUpgrade?: (request: IncomingMessage, client: Duplex, head: Buffer) => void;
  /** What came is no request. */
  onUnreadable?: () => void;
}

/** The one port through which clients reach a service. */
export class Front {
  readonly #open = new OpenRequests();
  readonly #server;

  constructor(answer: Answer, { limits, onUpgrade, onUnreadable }: FrontOptions = {}) {
    const options = { keepAliveTimeout: keepAliveMs, ...limits };
    this.#server = createServer(options, (request, response) => {
      this.#open
        .during(async () => {
          await Promise.all([once(response, 'close'), answer(request, response)]);
        })
        .catch(() => response.destroy());
    });
    if (onUpgrade !== undefined) this.#server.on('upgrade', onUpgrade);
    if (onUnreadable === undefined) return;
    this.#server.on('clientError', (error: NodeJS.ErrnoException, client) => {
      if (error.code?.startsWith('HPE_') === true) onUnreadable();
      if (client.writable) client.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
  }

  get listening(): boolean {
    return this.#server.listening;
  }

  /** Returns the port, which the system chooses for 0. `everywhere`: not for this machine alone. Throws EADDRINUSE and similar errors. */
  async listen(port: number, { everywhere = false } = {}): Promise<number> {
    if (everywhere) this.#server.listen(port);
    else this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts no new connections and lets open requests end. */
  async close(): Promise<void> {
    this.#server.close();
    // Clients that keep a connection would send more requests: it is closed as soon as it is idle.
    const closing = setInterval(() => this.#server.closeIdleConnections(), idlePollMs);
    await this.#open.drained(drainLimitMs);
    clearInterval(closing);
    this.#server.closeAllConnections();
  }
}
