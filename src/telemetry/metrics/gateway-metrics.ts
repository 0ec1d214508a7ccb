import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** Routes, as metrics name them. */
export type GatewayRoute =
  'alerts' | 'incidents' | 'verbs' | 'rollbacks' | 'indicators' | 'status' | 'other';

/** What came of a declaration, or of the end of an alert. */
export type IncidentResult = 'declared' | 'joined' | 'known' | 'ended' | 'not-open';

/** Why a request was rejected before it had any effect, by its status. */
const rejections: Record<number, string> = {
  400: 'unreadable',
  401: 'unauthenticated',
  403: 'forbidden',
  413: 'too-large',
  429: 'too-many',
  503: 'temporal-silent',
};
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** All metrics of one gateway; docs/metrics.md lists them. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #requests = new Counter({
    name: 'belay_gateway_requests_total',
    help: 'Answered requests, including rejected ones, without those for health and metrics.',
    labelNames: ['route', 'status'],
    registers: this.#registers,
  });
  readonly #duration = new Histogram({
    name: 'belay_gateway_request_duration_seconds',
    help: 'Time until a request was answered.',
    labelNames: ['route'],
    buckets: requestSeconds,
    registers: this.#registers,
  });
  readonly #rejected = new Counter({
    name: 'belay_gateway_rejected_total',
    help: 'Rejected requests, by reason.',
    labelNames: ['reason'],
    registers: this.#registers,
  });
  readonly #alerts = new Counter({
    name: 'belay_gateway_alerts_total',
    help: 'Alerts by result: started, duplicate, ignored, refused.',
    labelNames: ['result'],
    registers: this.#registers,
  });

  readonly #incidents = new Counter({
    name: 'belay_gateway_incidents_total',
    help: 'Declarations of incidents and ends of their alerts, by result: declared, joined, known, ended, not-open.',
    labelNames: ['result'],
    registers: this.#registers,
  });

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  text(): Promise<string> {
    return this.registry.metrics();
  }

  answered(route: GatewayRoute, status: number, tookMs: number): void {
    this.#requests.inc({ route, status });
    this.#duration.observe({ route }, tookMs / 1_000);
    const reason = rejections[status];
    if (reason !== undefined) this.#rejected.inc({ reason });
  }

  tookAlerts(by: { started: number; duplicate: number; ignored: number; refused: number }): void {
    for (const [result, count] of Object.entries(by)) this.#alerts.inc({ result }, count);
  }

  tookIncident(result: IncidentResult): void {
    this.#incidents.inc({ result });
  }
}
