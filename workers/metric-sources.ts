import { readJsonValue } from '../src/adapters/json-http/read-json-value.ts';
import { createPrometheusReader } from '../src/adapters/prometheus/prometheus-reader.ts';
import { readReplicaFact } from '../src/adapters/replica-facts/read-replica-fact.ts';
import type { Config } from '../src/config/config.ts';
import type { GuardOf } from '../src/contracts/breakers.ts';
import type { MetricReader } from '../src/contracts/metric-reader.ts';
import type { Platforms } from '../src/contracts/platform.ts';
import { fillPlaceholders } from '../src/policies/analysis/placeholders.ts';

export interface MetricSources extends MetricReader {
  /** Whether the Prometheus of the settings answers. */
  askPrometheus(timeoutMs: number): Promise<void>;
}

/** Every kind of source that a metric may name, each asked by its own adapter. */
export function openMetricSources(
  { prometheus }: Pick<Config, 'prometheus'>,
  platforms: Platforms,
  guardOf?: GuardOf,
): MetricSources {
  const server = createPrometheusReader(prometheus, { fill: fillPlaceholders, guardOf });
  return {
    askPrometheus: server.askAnything,
    readTraffic: server.readTraffic,
    read(source, subject, timeoutMs) {
      switch (source.kind) {
        case 'http':
          return readJsonValue(source, subject, { fill: fillPlaceholders, timeoutMs, guardOf });
        case 'replicas': {
          const platform = platforms[subject.ref.target.platform];
          return readReplicaFact(source.what, subject, { platform, timeoutMs });
        }
        case 'prometheus-value':
          return server.readValue(source, subject, timeoutMs);
        case 'prometheus-counts':
          return server.readCounts(source, subject, timeoutMs);
      }
    },
  };
}
