import { collectDefaultMetrics, Counter, Registry } from 'prom-client';

type GatewayRoute = 'alerts' | 'verbs' | 'rollbacks' | 'other';

/** Everything one gateway counts, as docs/gateway.md lists it. */
export class GatewayMetrics {
  readonly #registry = new Registry();
  readonly #requests = new Counter({
    name: 'belay_gateway_requests_total',
    help: 'Requests that were answered, refused ones included; health and metrics are left out.',
    labelNames: ['route', 'status'],
    registers: [this.#registry],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  answered(path: string, status: number): void {
    this.#requests.inc({ route: routeOf(path), status });
  }
}

/** A label with few values, whatever paths are asked for. */
function routeOf(path: string): GatewayRoute {
  if (path === '/v1/alerts') return 'alerts';
  if (path === '/v1/rollbacks' || path === '/rollbacks') return 'rollbacks';
  return path.startsWith('/v1/services/') ? 'verbs' : 'other';
}
