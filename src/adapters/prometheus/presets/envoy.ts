import { canaryNameOf, deploymentNameOf } from '../../kubernetes/objects/names.ts';
import { like, literally } from '../selectors/selector.ts';
import { onKubernetes, tracksUnknown, type Preset } from './preset.ts';

/**
 * Envoy as an edge proxy with a cluster for each Service, named as Contour
 * (`<namespace>_<service>_<port>`) or Istio's gateways (`outbound|80||<service>.<namespace>.svc...`)
 * do. The stable Service is assumed to have the name of the Deployment.
 */
export const envoy: Preset = {
  requests: 'envoy_cluster_upstream_rq',
  codeLabels: ['envoy_response_code'],
  latency: { buckets: 'envoy_cluster_upstream_rq_time_bucket', unitMs: 1 },
  shared: () => [],
  ofTrack: (subject, track) => {
    const target = onKubernetes(
      subject,
      'preset envoy distinguishes the tracks by Services of Kubernetes',
    );
    if (!target.router) {
      throw tracksUnknown(
        'preset envoy distinguishes the tracks by their Services, and in a target without a router one Service leads to both',
      );
    }
    const stable = deploymentNameOf(subject.ref, target);
    const service = literally(track === 'canary' ? canaryNameOf(stable) : stable);
    const namespace = literally(target.namespace);
    const contour = `${namespace}_${service}_[0-9a-zA-Z-]+`;
    const istio = `outbound[|][0-9]+[|][^|]*[|]${service}[.]${namespace}[.]svc[.].+`;
    return [like('envoy_cluster_name', `${contour}|${istio}`)];
  },
  targets: 'shared',
};
