import { openExchange } from '../src/adapters/http/exchange.ts';
import { readJsonValue } from '../src/adapters/json-http/read-json-value.ts';
import { createPrometheusReader } from '../src/adapters/prometheus/prometheus-reader.ts';
import { readReplicaFact } from '../src/adapters/replica-facts/read-replica-fact.ts';
import type { Config } from '../src/config/config.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';
import type { MetricReader, ReadSubject } from '../src/contracts/rollouts/metric-reader.ts';
import type { Platforms } from '../src/contracts/rollouts/platform.ts';
import type { Reach } from '../src/contracts/kernel/reach.ts';
import { fillPlaceholders } from '../src/policies/rollouts/analysis/placeholders.ts';
import { judgeDestination } from '../src/policies/kernel/network/judge-destination.ts';

export interface MetricSources extends MetricReader {
  /** Whether the Prometheus of the settings answers. */
  askPrometheus(timeoutMs: number): Promise<void>;
}

/** Every kind of source that a metric may name, each asked by its own adapter. */
export function openMetricSources(
  { prometheus, metricsHosts: hosts }: Pick<Config, 'prometheus' | 'metricsHosts'>,
  platforms: Platforms,
  guardOf?: GuardOf,
): MetricSources {
  const within = (reach: Reach) =>
    openExchange((destination, address) => judgeDestination(reach, destination, address));
  // Whoever deploys to the local platform runs commands on this machine anyway.
  const exchanges = {
    local: within({ ...(hosts && { hosts }), loopback: true }),
    kubernetes: within({ ...(hosts && { hosts }), loopback: false }),
  };
  const exchangeFor = ({ ref }: ReadSubject) => exchanges[ref.target.platform];
  const server = createPrometheusReader(prometheus, {
    fill: fillPlaceholders,
    guardOf,
    exchange: openExchange(),
    exchangeFor,
  });
  return {
    askPrometheus: server.checkServer,
    readTraffic: server.readTraffic,
    read(source, subject, timeoutMs) {
      switch (source.kind) {
        case 'http':
          return readJsonValue(source, subject, {
            fill: fillPlaceholders,
            exchange: exchangeFor(subject),
            timeoutMs,
            guardOf,
          });
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
