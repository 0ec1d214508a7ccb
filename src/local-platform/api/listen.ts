import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import writeFileAtomic from 'write-file-atomic';

const idlePollMs = 50;
/** Longer than clients keep idle connections, so that they close first. */
const keepAliveMs = 65_000;

export interface ListeningApi {
  url: string;
  close(): Promise<void>;
}

/** Listens on the given loopback port; for 0 on the last one (kept in a file) if it is free. */
export async function listenOn(app: Hono, port: number, portFile: string): Promise<ListeningApi> {
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.keepAliveTimeout = keepAliveMs;
  const lastPort = Number(await readFile(portFile, 'utf8').catch(() => '0'));
  if (port !== 0 || !(await listens(server, lastPort))) await listen(server, port);
  const address = server.address() as AddressInfo;
  await writeFileAtomic(portFile, `${address.port}\n`);
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: async () => {
      server.close();
      // A connection becomes idle only after the response to its request.
      const closing = setInterval(() => server.closeIdleConnections(), idlePollMs);
      await once(server, 'close');
      clearInterval(closing);
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
}

function listens(server: Server, port: number): Promise<boolean> {
  return listen(server, port).then(
    () => true,
    () => false,
  );
}
