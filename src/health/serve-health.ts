import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Config } from '../config/config.ts';
import { createHealthApi, type HealthSources, type MetricsText } from './health-api.ts';

export interface HealthServer {
  /** For who looks for it on this machine. */
  url: string;
  close(): Promise<void>;
}

/** Rejects where the port is taken. */
export async function serveHealth(
  { port, address }: NonNullable<Config['health']>,
  sources: HealthSources,
  metrics?: MetricsText,
): Promise<HealthServer> {
  const server = createAdaptorServer({ fetch: createHealthApi(sources, metrics).fetch }) as Server;
  server.listen(port, address);
  await once(server, 'listening');
  return {
    url: `http://${reachable(address)}:${port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** All addresses of a machine stand for none in particular. */
function reachable(address: string): string {
  if (address === '0.0.0.0') return '127.0.0.1';
  if (address === '::') return '[::1]';
  return address.includes(':') ? `[${address}]` : address;
}
