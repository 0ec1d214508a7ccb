import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { answerFromSite } from '../../adapters/http/answer-from-site.ts';
import { readPages } from '../../adapters/http/site-page.ts';

export interface ServedSite {
  url: string;
  close(): Promise<void>;
}

/** Serves the files of a site. Rejects where the port is taken. */
export async function serveSite(
  folder: string,
  { port, address }: { port: number; address: string },
): Promise<ServedSite> {
  const app = new Hono();
  const read = readPages(folder);
  app.get('*', (context) => answerFromSite(context, read, context.req.path.slice(1)));
  const server = createAdaptorServer({ fetch: app.fetch }) as Server;
  server.listen(port, address);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${host}:${taken}/`,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
