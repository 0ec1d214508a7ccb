/** What a worker says of itself to whoever keeps it running. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { State } from '@temporalio/worker';
import { Hono } from 'hono';
import type { Config } from '../src/config/config.ts';

/** Each worker of this process by what it does; absent until they are made. */
export type WorkerStates = Record<string, State> | undefined;

export type Health = 'starting' | 'ready' | 'draining';

export interface MetricsText {
  contentType: string;
  text(): Promise<string>;
}

export interface HealthServer {
  close(): Promise<void>;
}

/** Ready is only who takes up work on every queue; whoever has left one is on the way out. */
export function judgeHealth(states: WorkerStates): Health {
  const all = Object.values(states ?? {});
  if (all.length === 0 || all.includes('INITIALIZED')) return 'starting';
  return all.every((state) => state === 'RUNNING') ? 'ready' : 'draining';
}

/**
 * `/health/live` answers 200 for as long as the process answers at all, `/health/startup` once
 * every worker has begun to poll, `/health/ready` while all of them do; else 503. `/metrics` is for
 * Prometheus.
 */
export function createHealthApi(read: () => WorkerStates, metrics?: MetricsText): Hono {
  const app = new Hono();
  const answer = (path: string, isWell: (health: Health) => boolean) =>
    app.get(path, (context) => {
      const workers = read();
      const status = judgeHealth(workers);
      return context.json({ status, workers }, isWell(status) ? 200 : 503);
    });
  answer('/health/live', () => true);
  answer('/health/startup', (health) => health !== 'starting');
  answer('/health/ready', (health) => health === 'ready');
  if (metrics !== undefined) {
    app.get('/metrics', async (context) => {
      context.header('content-type', metrics.contentType);
      return context.body(await metrics.text());
    });
  }
  return app;
}

/** Rejects where the port is taken. */
export async function serveHealth(
  { port, address }: NonNullable<Config['health']>,
  read: () => WorkerStates,
  metrics?: MetricsText,
): Promise<HealthServer> {
  const server = createAdaptorServer({ fetch: createHealthApi(read, metrics).fetch }) as Server;
  server.listen(port, address);
  await once(server, 'listening');
  return {
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
