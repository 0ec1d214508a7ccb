/** Where a metric comes from that is not the service's own traffic. */
export type MetricSource =
  | { kind: 'prometheus-value'; query: string; address?: string }
  | { kind: 'prometheus-counts'; bad: string; total: string; address?: string }
  | JsonSource
  | { kind: 'replicas'; what: ReplicaFact };

/** A number, or an agreement, in a JSON document that is asked for by GET. */
export interface JsonSource {
  kind: 'http';
  /** With the placeholders that queries have. */
  url: string;
  /** JSON pointer (RFC 6901) to the value. */
  pointer: string;
  /** The value is 1 where it is this, else 0. Absent: it is a number. */
  equals?: string | number | boolean;
}

export const replicaFacts = ['restarts', 'unready'] as const;

/** Of the judged track's replicas: restarts since they began, or how many are not ready. */
export type ReplicaFact = (typeof replicaFacts)[number];

export const trafficPresets = [
  'belay',
  'http',
  'opentelemetry',
  'traefik',
  'nginx',
  'istio',
  'envoy',
] as const;
export type TrafficPreset = (typeof trafficPresets)[number];

/** A Prometheus server that has counted the requests of both tracks. */
export interface TrafficSource {
  preset: TrafficPreset;
  /** Absent: the one that the worker's settings name. */
  address?: string;
  /** Labels of both tracks' series, on top of the preset's; a value may be a regular expression. */
  labels: Record<string, string>;
  /** Labels that tell one track's series, in place of the preset's. */
  stable?: Record<string, string>;
  canary?: Record<string, string>;
}
