import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { AlertLedger, Alert } from '../contracts/rollouts/alerts.ts';
import type { GatewayMetrics } from '../telemetry/metrics/gateway-metrics.ts';
import type { Credentials } from '../http/credentials.ts';
import type { VerbAnswer, VerbOrder } from '../adapters/temporal/say-verb-once.ts';
import type { StartedResponse } from '../adapters/temporal/start-alert-response.ts';

export type StartAlert = (alert: Alert) => Promise<StartedResponse>;

export type SayVerb = (order: VerbOrder) => Promise<VerbAnswer>;

export interface GatewayParts {
  startAlert: StartAlert;
  sayVerb: SayVerb;
  responses: AlertLedger;
  credentials: Credentials;
  requestsPerMinute: number;
  log: Logger;
  /** The health of this process, without its metrics; needs no credential. */
  health: Hono;
  metrics: GatewayMetrics;
  now?: () => number;
}
