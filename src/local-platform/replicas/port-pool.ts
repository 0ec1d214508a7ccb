import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** Free loopback ports. None is given out again before its holder has had time to listen on it. */
export class PortPool {
  readonly #taken = new Set<number>();

  async take(): Promise<number> {
    for (;;) {
      const port = await anyFreePort();
      if (this.#taken.has(port)) continue;
      this.#taken.add(port);
      return port;
    }
  }

  reserve(port: number): void {
    this.#taken.add(port);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}

async function anyFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
