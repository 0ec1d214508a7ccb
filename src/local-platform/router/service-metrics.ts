import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { routerMetrics } from '../../contracts/rollouts/local-platform.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';

const latencyBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10,
];

/** Whose requests are counted. */
export interface RequestLabels {
  track: Track;
  version: string;
}

/** What the router counts for one service. A registry each, so that reading one costs one. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #names: { environment: string; service: string };

  constructor(environment: string, service: string) {
    this.#names = { environment, service };
    const registers = [this.#registry];
    const labelNames = ['environment', 'service', 'track', 'version'];
    this.#requests = new Counter({
      name: routerMetrics.requests,
      help: 'Requests by the code the caller got; 502 is no answer, 499 a caller that left.',
      labelNames: [...labelNames, 'code'],
      registers,
    });
    this.#duration = new Histogram({
      name: routerMetrics.duration,
      help: 'From the arrival of a request to the end of its response, injected latency included.',
      labelNames,
      buckets: latencyBucketsSeconds,
      registers,
    });
    new Gauge({
      name: routerMetrics.startTime,
      help: 'When the router began to count, in Unix seconds.',
      labelNames: ['environment', 'service'],
      registers,
    }).set(this.#names, Date.now() / 1_000);
  }

  count({ track, version }: RequestLabels, code: number, durationMs: number): void {
    const labels = { ...this.#names, track, version };
    this.#requests.inc({ ...labels, code });
    this.#duration.observe(labels, durationMs / 1_000);
  }

  /** Drops the series of all that is not among these, so that old versions do not pile up. */
  async keepOnly(current: RequestLabels[]): Promise<void> {
    const isOld = (labels: Partial<Record<string, string | number>>) =>
      !current.some(
        ({ track, version }) => labels['track'] === track && labels['version'] === version,
      );
    const [requests, durations] = await Promise.all([this.#requests.get(), this.#duration.get()]);
    for (const { labels } of requests.values) if (isOld(labels)) this.#requests.remove(labels);
    for (const { labels } of durations.values) {
      const { le: _bucket, ...series } = labels;
      if (isOld(series)) this.#duration.remove(series);
    }
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  json() {
    return this.#registry.getMetricsAsJSON();
  }
}

/** The metrics of many services as one text, each metric's series together. */
export async function joinMetrics(services: ServiceMetrics[]): Promise<string> {
  const all = await Promise.all(services.map((metrics) => metrics.json()));
  return AggregatorRegistry.aggregate(all).metrics();
}
