import { equals, type Matcher } from '../selectors/selector.ts';
import { namespaceOf, onKubernetes, tracksUnknown, type Preset } from './preset.ts';

/**
 * ingress-nginx 1.1 and later: requests to the canary's Ingress are counted for the main one, and
 * have the label `canary` with the name of the canary's backend.
 */
export const nginx: Preset = {
  requests: 'nginx_ingress_controller_requests',
  codeLabels: ['status'],
  latency: { buckets: 'nginx_ingress_controller_request_duration_seconds_bucket', unitMs: 1_000 },
  shared: (subject) => namespaceOf(subject, 'namespace'),
  ofTrack: (subject, track) => {
    const why =
      'preset nginx distinguishes the tracks by the Ingress of a target with router: nginx';
    const { router } = onKubernetes(subject, why);
    if (!router || !('nginx' in router)) throw tracksUnknown(why);
    const toCanary: Matcher = { label: 'canary', op: track === 'canary' ? '!=' : '=', value: '' };
    return [equals('ingress', router.nginx.ingress), toCanary];
  },
  targets: 'shared',
};
