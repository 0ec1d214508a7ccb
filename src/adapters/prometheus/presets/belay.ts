import { routerMetrics } from '../../../contracts/rollouts/local-platform.ts';
import { equals } from '../selectors/selector.ts';
import { tracksUnknown, type Preset } from './preset.ts';

/** The router of the local platform. */
export const belay: Preset = {
  requests: routerMetrics.requests,
  codeLabels: ['code'],
  latency: { buckets: `${routerMetrics.duration}_bucket`, unitMs: 1_000 },
  shared: ({ ref }) => [equals('environment', ref.environment), equals('service', ref.service)],
  ofTrack: ({ ref }, track) => {
    if (ref.target.platform === 'local') return [equals('track', track)];
    throw tracksUnknown('preset belay works only with platform: local');
  },
  targets: 'shared',
  startTime: routerMetrics.startTime,
};
