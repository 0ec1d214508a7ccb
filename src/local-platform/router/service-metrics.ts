import { AggregatorRegistry, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { routerMetrics } from '../../contracts/rollouts/local-platform.ts';
import type { TrackName } from '../../contracts/chaos/service-tracks.ts';
import type { Track } from '../../contracts/rollouts/traffic.ts';

const latencyBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 10,
];

/** Which replicas of a service answer: those of a rollout, or of an experiment. */
export type ServedTrack = Track | TrackName;

/** The release and track whose requests are counted. */
export interface RequestLabels {
  track: ServedTrack;
  version: string;
}

/** The router's metrics for one service. Each has its own registry, so that one can be read alone. */
export class ServiceMetrics {
  readonly #registry = new Registry();
  readonly #requests: Counter;
  readonly #duration: Histogram;
  readonly #names: { environment: string; service: string };
  #counted = 0;

  constructor(environment: string, service: string) {
    this.#names = { environment, service };
    const registers = [this.#registry];
    const labelNames = ['environment', 'service', 'track', 'version'];
    this.#requests = new Counter({
      name: routerMetrics.requests,
      help: 'Requests by the status code of the response; 502: no response from the replica, 499: the client closed the connection.',
      labelNames: [...labelNames, 'code'],
      registers,
    });
    this.#duration = new Histogram({
      name: routerMetrics.duration,
      help: 'Time from the arrival of a request to the end of its response, including injected latency.',
      labelNames,
      buckets: latencyBucketsSeconds,
      registers,
    });
    new Gauge({
      name: routerMetrics.startTime,
      help: 'Unix time in seconds at which the router started to count.',
      labelNames: ['environment', 'service'],
      registers,
    }).set(this.#names, Date.now() / 1_000);
  }

  /** All requests since this process began to count. */
  get counted(): number {
    return this.#counted;
  }

  count({ track, version }: RequestLabels, code: number, durationMs: number): void {
    const labels = { ...this.#names, track, version };
    this.#counted += 1;
    this.#requests.inc({ ...labels, code });
    this.#duration.observe(labels, durationMs / 1_000);
  }

  /** Drops the series of all other releases, so that old versions do not accumulate. */
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

/** The metrics of several services as one text, grouped by metric. */
export async function joinMetrics(services: ServiceMetrics[]): Promise<string> {
  const all = await Promise.all(services.map((metrics) => metrics.json()));
  return AggregatorRegistry.aggregate(all).metrics();
}
