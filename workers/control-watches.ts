import { createQueryWatchActivities } from '../activities/chaos/query-watch.ts';
import { createTrackWatchActivities } from '../activities/chaos/track-watch.ts';
import { createMonitorActivities } from '../activities/objectives/watch-objectives.ts';
import { createPostgresClusterActivities } from '../activities/recovery/postgres-cluster.ts';
import { createReachServerActivities } from '../activities/recovery/reach-server.ts';
import { createAnalysisActivities } from '../activities/rollouts/analysis.ts';
import { createWorkloadActivities } from '../activities/rollouts/workload.ts';
import { createQueryReader } from '../src/adapters/prometheus/query-reader.ts';
import type { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import type { ControlParts } from './control-parts.ts';

/** What looks at something for long, and changes nothing. */
export function createWatches(parts: ControlParts, metrics: BelayMetrics) {
  const { config, guardOf, ledger, onPlatforms, sources, indicators } = parts;
  const { platforms } = onPlatforms;
  const { awaitCanaryReady, awaitStableComplete, warmUpCanary } = createWorkloadActivities(
    platforms,
    sources,
  );
  const { watchServer } = createReachServerActivities();
  const { watchPostgresCluster } = createPostgresClusterActivities(parts.cloudNativePg.clusters);
  return {
    ...createAnalysisActivities(platforms, sources, metrics),
    ...{ awaitCanaryReady, awaitStableComplete, warmUpCanary },
    ...{ watchServer, watchPostgresCluster },
    ...createQueryWatchActivities(createQueryReader(config.prometheus, guardOf)),
    ...createTrackWatchActivities(parts.trackFaults.tracks),
    ...createMonitorActivities(ledger.objectives, indicators, ledger),
  };
}
