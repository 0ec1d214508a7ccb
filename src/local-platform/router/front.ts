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
const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};
/** The caller has left in the middle of a request. */
const cutOff = 'HPE_INVALID_EOF_STATE';

export type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

export interface FrontOptions {
  limits?: Pick<
    ServerOptions,
    'keepAliveTimeout' | 'requestTimeout' | 'headersTimeout' | 'maxHeaderSize'
  > & { maxHeadersCount?: number };
  /** Who takes connections whose clients ask for another protocol. Absent: they get answers of HTTP. */
  onUpgrade?: (request: IncomingMessage, client: Duplex, head: Buffer) => void;
  /** What came by a connection is no request. */
  onUnreadable?: () => void;
}

/** The one port through which clients reach a service. */
export class Front {
  readonly #open = new OpenRequests();
  readonly #server;
  /** Connections with the response that is under way on them. */
  readonly #answering = new Map<Duplex, ServerResponse>();

  constructor(answer: Answer, { limits, onUpgrade, onUnreadable }: FrontOptions = {}) {
    const { maxHeadersCount, ...options } = { keepAliveTimeout: keepAliveMs, ...limits };
    this.#server = createServer(options, (request, response) => {
      this.#note(request, response);
      this.#open
        .during(async () => {
          await Promise.all([once(response, 'close'), answer(request, response)]);
        })
        .catch(() => response.destroy());
    });
    if (maxHeadersCount !== undefined) this.#server.maxHeadersCount = maxHeadersCount;
    if (onUpgrade !== undefined) this.#server.on('upgrade', onUpgrade);
    if (onUnreadable === undefined) return;
    this.#server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, client) => {
      // Each of its packets is told of.
      if (!client.writable) return;
      if (code.startsWith('HPE_') && code !== cutOff) onUnreadable();
      // In the middle of a response it would be a part of that.
      if (this.#answering.has(client)) client.destroy();
      else {
        const status = statusLines[code] ?? '400 Bad Request';
        client.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, () => client.destroy());
      }
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

  #note({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#answering.set(socket, response);
    response.once('close', () => {
      if (this.#answering.get(socket) === response) this.#answering.delete(socket);
    });
  }
}
