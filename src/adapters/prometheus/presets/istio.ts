import { equals } from '../selectors/selector.ts';
import { namespaceOf, podsOf, type Preset } from './preset.ts';

/**
 * Istio's standard metrics, counted by the pods that answer. Their workload is the Deployment for both
 * tracks: Istio takes it from the name of their ReplicaSet.
 */
export const istio: Preset = {
  requests: 'istio_requests_total',
  codeLabels: ['response_code'],
  latency: { buckets: 'istio_request_duration_milliseconds_bucket', unitMs: 1 },
  shared: (subject) => [
    equals('reporter', 'destination'),
    ...namespaceOf(subject, 'destination_workload_namespace'),
  ],
  ofTrack: (subject) => podsOf(subject, { label: 'pod', preset: 'istio' }),
  targets: 'unknown',
};
