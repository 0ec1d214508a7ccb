import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Mode = 'open' | 'silent' | 'closed';

/** Stands before an HTTP server, and lets requests through, holds them, or closes the door. */
export class Gate {
  mode: Mode = 'open';
  /** Of the server behind it; may change. */
  to: string;
  /** host:port */
  address = '';
  /** Requests so far. */
  asked = 0;
  readonly #server = createServer((from, answer) => this.#pass(from, answer));

  constructor(to: string) {
    this.to = to;
  }

  /** Returns its address. */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.address = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
    return this.address;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  #pass(from: IncomingMessage, answer: ServerResponse): void {
    this.asked += 1;
    if (this.mode === 'silent') return;
    if (this.mode === 'closed') {
      from.socket.destroy();
      return;
    }
    const { method = 'GET', headers, url = '/' } = from;
    const passed = request(new URL(url, this.to), { method, headers }, (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.pipe(answer);
    });
    passed.on('error', () => from.socket.destroy());
    from.pipe(passed);
  }
}
