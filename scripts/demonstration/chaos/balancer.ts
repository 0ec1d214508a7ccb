import { once } from 'node:events';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How long a replica has to answer before another one is asked. */
export const patienceMs = 300;

/** Asks the replicas in turn and, where one does not answer in time, the next of them. */
export class Balancer {
  readonly #server: Server;
  readonly #replicas: readonly string[];
  #next = 0;
  /** Requests that the first replica did not answer, and another one did. */
  rescued = 0;

  private constructor(replicas: readonly string[]) {
    this.#replicas = replicas;
    this.#server = createServer((_, response) => {
      void this.#answer().then((body) => {
        response.writeHead(body === undefined ? 504 : 200, { 'content-type': 'application/json' });
        response.end(body ?? 'no replica answered\n');
      });
    });
  }

  static async start(replicas: readonly string[]): Promise<Balancer> {
    const balancer = new Balancer(replicas);
    balancer.#server.listen(0, '127.0.0.1');
    await once(balancer.#server, 'listening');
    return balancer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Undefined where none of them answers. */
  async #answer(): Promise<string | undefined> {
    const first = this.#next++;
    for (let asked = 0; asked < this.#replicas.length; asked += 1) {
      const url = this.#replicas[(first + asked) % this.#replicas.length] ?? '';
      const body = await ask(url, patienceMs);
      if (body === undefined) continue;
      if (asked > 0) this.rescued += 1;
      return body;
    }
    return undefined;
  }
}

/** The answer to a request on a connection of its own; undefined: none in time, or an error. */
export function ask(url: string, withinMs: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (body?: string) => resolve(body);
    const signal = AbortSignal.timeout(withinMs);
    const sent = request(url, { agent: false, signal }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => end(response.statusCode === 200 ? body : undefined));
      response.on('error', () => end());
    });
    sent.on('error', () => end());
    sent.end();
  });
}
