import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

/** What is asked for, as metrics name it. */
export type GatewayRoute = 'alerts' | 'verbs' | 'rollbacks' | 'other';

/** Why a request was turned away before anything was done with it, by its status. */
const rejections: Record<number, string> = {
  400: 'unreadable',
  401: 'unauthenticated',
  403: 'forbidden',
  413: 'too-large',
  429: 'too-many',
  503: 'temporal-silent',
};
const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Everything one gateway counts, as docs/metrics.md lists it. */
export class GatewayMetrics {
  readonly registry = new Registry();
  readonly #registers = [this.registry];
  readonly #requests = new Counter({
    name: 'belay_gateway_requests_total',
    help: 'Requests that were answered, refused ones included; health and metrics are left out.',
    labelNames: ['route', 'status'],
    registers: this.#registers,
  });
  readonly #duration = new Histogram({
    name: 'belay_gateway_request_duration_seconds',
    help: 'How long answers took.',
    labelNames: ['route'],
    buckets: requestSeconds,
    registers: this.#registers,
  });
  readonly #rejected = new Counter({
    name: 'belay_gateway_rejected_total',
    help: 'Requests that nothing was done with, by why.',
    labelNames: ['reason'],
    registers: this.#registers,
  });
  readonly #alerts = new Counter({
    name: 'belay_gateway_alerts_total',
    help: 'Alerts by what became of them: started, duplicate, ignored, refused.',
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
}
