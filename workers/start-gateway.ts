import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { State } from '@temporalio/worker';
import type { Logger } from 'pino';
import { sayVerbOnce } from '../src/adapters/temporal/say-verb-once.ts';
import { startAlertResponse } from '../src/adapters/temporal/start-alert-response.ts';
import type { Config } from '../src/config/config.ts';
import type { AlertLedger } from '../src/contracts/alerts.ts';
import { createGatewayApi } from './gateway/api.ts';
import type { Credentials } from './gateway/credentials.ts';
import { createHealthApi } from './health.ts';
import { GatewayMetrics } from './metrics/gateway-metrics.ts';

export interface GatewayOptions {
  config: Pick<Config, 'gateway' | 'taskQueue' | 'drainMs'>;
  client: Client;
  responses: AlertLedger;
  credentials: Credentials;
  log: Logger;
  /** How long Temporal, or a worker, may take to answer one request. */
  answerWithinMs?: number;
}

export interface Gateway {
  url: string;
  /** Takes no more requests, and waits for those that are under way. */
  close(): Promise<void>;
}

const headersWithinMs = 10_000;
const requestWithinMs = 15_000;
const idleMs = 65_000;
const idlePollMs = 50;

/** Listens for webhooks. Rejects where the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, client, responses, credentials, log, answerWithinMs = 8_000 } = options;
  const { port, address, requestsPerMinute } = config.gateway;
  const inTime = <T>(ask: () => Promise<T>) =>
    client.withDeadline(Date.now() + answerWithinMs, ask);
  let state: State = 'RUNNING';
  const metrics = new GatewayMetrics();
  const app = createGatewayApi({
    startAlert: (alert) => inTime(() => startAlertResponse(client, config.taskQueue, alert)),
    sayVerb: (order) => inTime(() => sayVerbOnce(client, order)),
    health: createHealthApi(() => ({ webhooks: state }), metrics),
    onAnswered: (path, status) => metrics.answered(path, status),
    ...{ responses, credentials, requestsPerMinute, log },
  });

  const server = createAdaptorServer({
    fetch: app.fetch,
    serverOptions: {
      headersTimeout: headersWithinMs,
      requestTimeout: requestWithinMs,
      keepAliveTimeout: idleMs,
      connectionsCheckingInterval: 1_000,
    },
  }) as Server;
  server.listen(port, address);
  await once(server, 'listening');
  const { port: taken } = server.address() as AddressInfo;
  const host = address.includes(':') ? `[${address}]` : address;
  return {
    url: `http://${host}:${taken}`,
    close: async () => {
      state = 'DRAINING';
      const closed = once(server, 'close');
      server.close();
      // A connection may become idle only when the request that it waits for is answered.
      const closing = setInterval(() => server.closeIdleConnections(), idlePollMs);
      const giveUp = setTimeout(() => server.closeAllConnections(), config.drainMs);
      await closed;
      clearInterval(closing);
      clearTimeout(giveUp);
    },
  };
}
