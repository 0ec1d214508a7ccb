import type { ReadSubject } from '../../../contracts/rollouts/metric-reader.ts';
import type { Track } from '../../../contracts/rollouts/traffic.ts';
import { canaryNameOf, deploymentNameOf } from '../../kubernetes/objects/names.ts';
import { like, literally } from '../selectors/selector.ts';
import { onKubernetes, tracksUnknown, type Preset } from './preset.ts';

/**
 * Traefik 3 with `metrics.prometheus.addServicesLabels`, for the Gateway API or ingress-nginx's
 * annotations. The stable Service is assumed to have the name of the Deployment. If Prometheus adds
 * its own `service` label to scraped series and `honor_labels` is not set, Traefik's label becomes
 * `exported_service`: write stable and canary with that.
 */
export const traefik: Preset = {
  requests: 'traefik_service_requests_total',
  codeLabels: ['code'],
  latency: { buckets: 'traefik_service_request_duration_seconds_bucket', unitMs: 1_000 },
  shared: () => [],
  ofTrack: (subject, track) => [like('service', servicePattern(subject, track))],
  targets: 'shared',
};

/** A number or a common name. */
const port = '(?:[0-9]+|https?|web)';

/** The names of Traefik 3.7, and for the Gateway API also of earlier releases. */
function servicePattern(subject: ReadSubject, track: Track): string {
  const target = onKubernetes(
    subject,
    'preset traefik distinguishes the tracks by Services of Kubernetes',
  );
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
    'preset traefik distinguishes the tracks by their Services, and in a target without a router (gatewayApi or nginx) one Service leads to both',
  );
}
