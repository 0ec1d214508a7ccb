import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { pino } from 'pino';
import type { Alert } from '../../src/contracts/rollouts/alerts.ts';
import { alertWorkflowId } from '../../src/contracts/rollouts/alerts.ts';
import type { VerbOrder } from '../../src/adapters/temporal/send-verb-once.ts';
import { createGatewayApi } from '../../src/gateway/api.ts';
import type { GatewayDeclaration, IncidentOrders } from '../../src/gateway/incident-orders.ts';
import type { GatewayParts } from '../../src/gateway/parts.ts';
import { createProbes } from '../../src/health/health-api.ts';
import { GatewayMetrics } from '../../src/telemetry/metrics/gateway-metrics.ts';
import { createAlertLedger } from '../../src/contracts/rollouts/alert-ledger.ts';
import { MemoryLedger } from '../fakes/memory-ledger.ts';
import { noObjectives } from '../fixtures/no-objectives.ts';

/** The gateway's API on a port of its own, before a Temporal that remembers what it was told. */
export class GatewayOnLoopback {
  readonly alerts: Alert[] = [];
  readonly sent: VerbOrder[] = [];
  readonly declared: GatewayDeclaration[] = [];
  readonly ended: Parameters<IncidentOrders['endAlert']>[0][] = [];
  readonly incidents: IncidentOrders = {
    policy: {},
    declare: (order) => {
      this.declared.push(order);
      const { environment, incident } = order.spec;
      const workflowId = `incident/${environment}/${incident}`;
      return Promise.resolve({ workflowId, runId: 'run', result: 'declared' });
    },
    endAlert: (order) => {
      this.ended.push(order);
      return Promise.resolve(true);
    },
  };
  readonly responses = createAlertLedger(new MemoryLedger());
  readonly metrics = new GatewayMetrics();
  url = '';
  #server: Server | undefined;

  async start(over: Partial<GatewayParts> = {}): Promise<void> {
    const app = createGatewayApi({
      startAlert: (alert) => {
        const known = this.alerts.some((one) => alertWorkflowId(one) === alertWorkflowId(alert));
        if (!known) this.alerts.push(alert);
        return Promise.resolve({ alertId: alertWorkflowId(alert), known });
      },
      sendVerb: (order) => {
        this.sent.push(order);
        const receipt = { verb: order.verb, message: 'done' };
        return Promise.resolve({ kind: 'accepted', receipt });
      },
      incidents: this.incidents,
      rollbacks: async (_, filter) => ({
        value: await this.responses.list(filter),
        atMs: Date.now(),
      }),
      objectives: noObjectives,
      credentials: { tokens: [], signingSecrets: [] },
      requestsPerMinute: 10_000,
      log: pino({ level: 'silent' }),
      health: createProbes({
        states: () => ({ webhooks: 'RUNNING' }),
        components: async () => [],
      }),
      metrics: this.metrics,
      ...over,
    });
    this.#server = createAdaptorServer({ fetch: app.fetch }) as Server;
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server?.close();
    this.#server?.closeAllConnections();
    if (this.#server !== undefined) await once(this.#server, 'close');
  }

  post(path: string, body: unknown = '', headers: Record<string, string> = {}): Promise<Response> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return fetch(this.url + path, { method: 'POST', headers, body: text });
  }
}

let fingerprints = 0;

/** One alert of a notification, of a service of its own unless labels say otherwise. */
export function firing(labels: Record<string, string> = {}, over: object = {}) {
  fingerprints += 1;
  return {
    status: 'firing',
    labels: { alertname: 'HighErrorRate', action: 'rollback', ...labels },
    annotations: {},
    startsAt: new Date().toISOString(),
    endsAt: '0001-01-01T00:00:00Z',
    fingerprint: `${Date.now().toString(16)}${fingerprints}`,
    ...over,
  };
}

export function notificationOf(...alerts: unknown[]) {
  return { version: '4', groupKey: '{}', status: 'firing', receiver: 'belay', alerts };
}
