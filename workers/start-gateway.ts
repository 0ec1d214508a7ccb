import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAdaptorServer } from '@hono/node-server';
import type { Client } from '@temporalio/client';
import type { State } from '@temporalio/worker';
import type { Logger } from 'pino';
import type { Breakers } from '../src/adapters/breakers/breakers.ts';
import { unguarded } from '../src/adapters/breakers/unguarded.ts';
import { keepPages, pageCache, warmPages } from '../src/adapters/http/site-page.ts';
import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { createDeclarations, endIncidentAlert } from '../src/adapters/temporal/declare-once.ts';
import { judgeTemporal } from '../src/adapters/temporal/judge-answer.ts';
import { sendVerbOnce } from '../src/adapters/temporal/send-verb-once.ts';
import { startAlertResponse } from '../src/adapters/temporal/start-alert-response.ts';
import type { Config } from '../src/config/config.ts';
import type { AnyKind } from '../src/kinds/kind.ts';
import { kinds as everyKind } from '../src/kinds/registry.ts';
import { verbOf } from '../src/kinds/verbs.ts';
import type { AlertLedger } from '../src/contracts/rollouts/alerts.ts';
import { createGatewayApi } from '../src/gateway/api.ts';
import { keepRollbacks, rollbackCache } from '../src/gateway/known-rollbacks.ts';
import { mostByDefault } from '../src/gateway/rollbacks-route.ts';
import type { PushStore } from '../src/gateway/take-push.ts';
import type { Credentials } from '../src/http/credentials.ts';
import { openCaches, type OpenCaches } from '../src/adapters/caches/open-caches.ts';
import { redisComponent, temporalComponent } from './components.ts';
import { checkComponents } from '../src/health/check-components.ts';
import { createProbes, type HealthSources } from '../src/health/health-api.ts';
import { GatewayMetrics } from '../src/telemetry/metrics/gateway-metrics.ts';

export interface GatewayOptions {
  config: Pick<Config, 'gateway' | 'taskQueue' | 'drainMs'>;
  client: Client;
  responses: AlertLedger;
  /** Where pushed counts are kept. */
  objectives: PushStore;
  credentials: Credentials;
  log: Logger;
  /** How long Temporal, or a worker, may take to answer one request. */
  answerWithinMs?: number;
  metrics?: GatewayMetrics;
  breakers: Breakers;
  /** Absent: caches of this gateway's own. */
  caches?: OpenCaches;
  /** The kinds of runs that verbs may be sent to; absent: all that there are. */
  kinds?: readonly AnyKind[];
  /** Keys that every incident begins with which is declared here. */
  incidentPolicy?: Readonly<Record<string, unknown>>;
  /** How long it goes on taking requests once it has said that it is not ready any more. */
  unreadyMs?: number;
}

export interface Gateway {
  url: string;
  health: HealthSources;
  /** Says that it is not ready; then takes no more requests, and waits for those that are under way. */
  close(): Promise<void>;
}

/** Of a gateway that is started without any. */
const ownCaches = { caches: { entries: 1_000, keptMs: 3_600_000 } };
const unshared = { of: '', guardOf: () => unguarded };

/** What is asked for again and again: read once before anybody asks. */
function openPages(
  caches: OpenCaches,
  { folder, responses }: { folder: string | undefined; responses: AlertLedger },
) {
  const rollbacks = keepRollbacks(responses, caches.open(rollbackCache));
  const readStatusPage =
    folder === undefined ? undefined : keepPages(folder, caches.open(pageCache));
  void rollbacks({}, { limit: mostByDefault }).catch(() => undefined);
  if (folder !== undefined && readStatusPage !== undefined) {
    void warmPages(folder, readStatusPage).catch(() => undefined);
  }
  return { rollbacks, readStatusPage };
}

/** Verbs that undo a run, which no breaker may hold up. */
function isUndoing(verb: string, kinds: readonly AnyKind[]): boolean {
  return verb === 'reject' || kinds.some((kind) => verbOf(kind, verb)?.endsRun);
}

const headersWithinMs = 10_000;
const requestWithinMs = 15_000;
const idleMs = 65_000;
const idlePollMs = 50;

/** Listens for webhooks. Rejects where the port is taken. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { config, client, responses, objectives, credentials, log } = options;
  const { answerWithinMs = 8_000 } = options;
  const { breakers, metrics = new GatewayMetrics() } = options;
  const { caches = openCaches(ownCaches, unshared) } = options;
  const { unreadyMs = 0, kinds = everyKind, incidentPolicy = {} } = options;
  const { port, address, requestsPerMinute, statusPageFolder: folder } = config.gateway;
  const temporal = breakers.guard('temporal');
  const inTime = <T>(ask: () => Promise<T>) =>
    temporal(() => client.withDeadline(Date.now() + answerWithinMs, ask), judgeTemporal);
  let state: State = 'RUNNING';
  const health: HealthSources = {
    states: () => ({ webhooks: state }),
    components: checkComponents(async () => [
      temporalComponent(client, temporal),
      ...(caches.redis === undefined ? [] : [redisComponent(caches.redis)]),
    ]),
    breakers: () => breakers.reports(),
    caches: () => caches.reports(),
  };
  const { rollbacks, readStatusPage } = openPages(caches, { folder, responses });
  const declare = createDeclarations(client);
  const app = createGatewayApi({
    startAlert: (alert) =>
      bypassBreaker(() => inTime(() => startAlertResponse(client, config.taskQueue, alert))),
    sendVerb: (order) => {
      const send = () => inTime(() => sendVerbOnce(client, order));
      return isUndoing(order.verb, kinds) ? bypassBreaker(send) : send();
    },
    incidents: {
      policy: incidentPolicy,
      declare: (order) =>
        bypassBreaker(() => inTime(() => declare({ ...order, taskQueue: config.taskQueue }))),
      endAlert: (ended) => bypassBreaker(() => inTime(() => endIncidentAlert(client, ended))),
    },
    health: createProbes(health),
    ...{ kinds, rollbacks, objectives, credentials, requestsPerMinute, log, metrics },
    ...(readStatusPage && { readStatusPage }),
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
    health,
    close: async () => {
      if (!server.listening) return;
      state = 'DRAINING';
      await sleep(unreadyMs);
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
