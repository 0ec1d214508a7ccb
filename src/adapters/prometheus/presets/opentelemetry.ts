import { namespaceOf, podsOf, withoutProbes, type Preset } from './preset.ts';

/** OpenTelemetry's semantic conventions for HTTP servers (1.20 and later), with the names that they have in Prometheus. */
export const opentelemetry: Preset = {
  requests: 'http_server_request_duration_seconds_count',
  codeLabels: ['http_response_status_code'],
  latency: { buckets: 'http_server_request_duration_seconds_bucket', unitMs: 1_000 },
  shared: (subject) => [
    ...namespaceOf(subject, 'k8s_namespace_name'),
    ...withoutProbes(subject, ['http_route']),
  ],
  ofTrack: (subject) => podsOf(subject, { label: 'k8s_pod_name', preset: 'opentelemetry' }),
  targets: 'unknown',
};
