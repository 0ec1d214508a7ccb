import type { Hono } from 'hono';
import type { Logger } from 'pino';
import type { AnyKind } from '../kinds/kind.ts';
import type { Alert } from '../contracts/rollouts/alerts.ts';
import type { GatewayMetrics } from '../telemetry/metrics/gateway-metrics.ts';
import type { Credentials } from '../http/credentials.ts';
import type { ReadPage } from '../adapters/http/site-page.ts';
import type { VerbAnswer, VerbOrder } from '../adapters/temporal/send-verb-once.ts';
import type { StartedResponse } from '../adapters/temporal/start-alert-response.ts';

import type { IncidentOrders } from './incident-orders.ts';
import type { ReadRollbacks } from './known-rollbacks.ts';
import type { PushStore } from './take-push.ts';

export type StartAlert = (alert: Alert) => Promise<StartedResponse>;

export type SendVerb = (order: VerbOrder) => Promise<VerbAnswer>;

export interface GatewayParts {
  /** The kinds of runs that verbs may be sent to; absent: all that there are. */
  kinds?: readonly AnyKind[];
  startAlert: StartAlert;
  sendVerb: SendVerb;
  incidents: IncidentOrders;
  rollbacks: ReadRollbacks;
  /** Where pushed counts are kept. */
  objectives: PushStore;
  credentials: Credentials;
  requestsPerMinute: number;
  log: Logger;
  /** The health of this process, without its metrics; needs no credential. */
  health: Hono;
  metrics: GatewayMetrics;
  /** Absent: no status page is served. */
  readStatusPage?: ReadPage;
  now?: () => number;
}
