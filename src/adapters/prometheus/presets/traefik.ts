import type { ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import { canaryNameOf, deploymentNameOf } from '../../kubernetes/objects/names.ts';
import { like, literally } from '../selectors/selector.ts';
import { onKubernetes, tracksUnknown, type Preset } from './preset.ts';

/**
 * Traefik 3, with `metrics.prometheus.addServicesLabels`, as it reads the Gateway API or
 * ingress-nginx's annotations. The stable Service is taken to be named as the Deployment is. Where
 * Prometheus puts a `service` label of its own on what it scrapes, without `honor_labels`,
 * Traefik's is `exported_service`: write stable and canary with that.
 */
export const traefik: Preset = {
  requests: 'traefik_service_requests_total',
  codeLabels: ['code'],
  latency: { buckets: 'traefik_service_request_duration_seconds_bucket', unitMs: 1_000 },
  shared: () => [],
  ofTrack: (subject, track) => [like('service', servicePattern(subject, track))],
  targets: 'shared',
};

/** A number, or a usual name. */
const port = '(?:[0-9]+|https?|web)';

/** As Traefik 3.7 names them, and for the Gateway API also its earlier releases. */
function servicePattern(subject: ReadSubject, track: Track): string {
  const target = onKubernetes(subject, 'preset traefik tells the tracks by Services of Kubernetes');
  const namespace = literally(target.namespace);
  const stable = deploymentNameOf(subject.ref, target);
  const { router } = target;
  if (router && 'gatewayApi' in router) {
    const service = literally(track === 'canary' ? canaryNameOf(stable) : stable);
    const route = `httproute-${namespace}-${literally(router.gatewayApi.route)}-gw-.+-svc-`;
    return `(?:${route})?${namespace}-${service}-[0-9]+@kubernetesgateway`;
  }
  if (router && 'nginx' in router) {
    const service = `${namespace}-${literally(router.nginx.ingress)}-${literally(stable)}-${port}`;
    return `${service}${track === 'canary' ? '-canary' : ''}@kubernetesingressnginx`;
  }
  throw tracksUnknown(
    'preset traefik tells the tracks by their Services, and without a router (gatewayApi or nginx) of the target one Service leads to both',
  );
}
