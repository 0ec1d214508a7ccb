import { canaryNameOf, deploymentNameOf } from '../../kubernetes/objects/names.ts';
import { equals } from '../selectors/selector.ts';
import { namespaceOf, onKubernetes, tracksUnknown, type Preset } from './preset.ts';

/** Istio's standard metrics, counted by the pods that answer. */
export const istio: Preset = {
  requests: 'istio_requests_total',
  codeLabels: ['response_code'],
  latency: { buckets: 'istio_request_duration_milliseconds_bucket', unitMs: 1 },
  shared: (subject) => [
    equals('reporter', 'destination'),
    ...namespaceOf(subject, 'destination_workload_namespace'),
  ],
  ofTrack: (subject, track) => {
    const why =
      'preset istio distinguishes the tracks by the Deployments of a target on Kubernetes';
    const target = onKubernetes(subject, why);
    if (target.colours)
      throw tracksUnknown('with two colours, each Deployment is in turn the canary');
    const stable = deploymentNameOf(subject.ref, target);
    return [equals('destination_workload', track === 'canary' ? canaryNameOf(stable) : stable)];
  },
  targets: 'unknown',
};
