import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface Received {
  path: string;
  /** The same for the same request or message, however often it comes. */
  id: string;
}

/** A service that playbooks ask and change, and where people get their messages: each is kept with its ID. */
export class Outside {
  /** Where its clients are led. */
  route = 'api';
  url = '';
  readonly #received: Received[] = [];
  readonly #server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    void text(request).then((body) => {
      if (request.method === 'GET') return response.writeHead(path === '/health' ? 503 : 404).end();
      const id = request.headers['webhook-id'] ?? request.headers['idempotency-key'];
      this.#received.push({ path, id: String(id) });
      if (path === '/route') this.route = (JSON.parse(body) as { to: string }).to;
      return response.end('{}');
    });
  });

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** IDs of what came to a path since it was forgotten last. */
  idsOf(path: string): string[] {
    return this.#received.filter((one) => one.path === path).map(({ id }) => id);
  }

  forget(): void {
    this.#received.length = 0;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
