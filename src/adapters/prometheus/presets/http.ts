import { namespaceOf, podsOf, withoutProbes, type Preset } from './preset.ts';

/** The service's own metrics, with the names that most client libraries use. */
export const http: Preset = {
  requests: 'http_requests_total',
  codeLabels: ['code', 'status', 'status_code'],
  latency: { buckets: 'http_request_duration_seconds_bucket', unitMs: 1_000 },
  shared: (subject) => [
    ...namespaceOf(subject, 'namespace'),
    ...withoutProbes(subject, ['path', 'handler', 'route', 'uri']),
  ],
  ofTrack: (subject) => podsOf(subject, { label: 'pod', preset: 'http' }),
  targets: 'own',
};
