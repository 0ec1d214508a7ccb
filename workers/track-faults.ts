import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { openFrontsInClusters } from '../src/adapters/chaos/fronts/left-fronts.ts';
import { createServiceTracks } from '../src/adapters/chaos/fronts/service-tracks.ts';
import { createLocalTracks } from '../src/adapters/chaos/local-tracks.ts';
import { createTracksByPlace } from '../src/adapters/chaos/tracks-by-place.ts';
import { locateLocalPlatform } from '../src/adapters/local-platform/locate.ts';
import { openPlaybookClusters } from '../src/adapters/playbooks/kubernetes/cluster.ts';
import type { Config } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { FrontsInClusters } from '../src/contracts/chaos/left-fronts.ts';
import type { TracksPlatform } from '../src/contracts/chaos/service-tracks.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';

/** The local platform, and the clusters of Kubernetes, for experiments on the services that they run. */
export function openTrackFaults(
  config: Config,
  installation: string,
  guardOf: GuardOf,
): { tracks: TracksPlatform; left: FrontsInClusters; close(): void } {
  const { kubeconfig, contexts, namespaces, tracksImage } = config.kubernetes;
  const clusters = openPlaybookClusters({
    ...{ contexts, guardOf, version: packageVersion() },
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespaces !== undefined && { namespaces }),
  });
  const tracks = createTracksByPlace(
    createLocalTracks(locateLocalPlatform(config), guardOf('local-platform')),
    createServiceTracks({ clusters, installation, image: tracksImage }),
  );
  const makesFronts = tracksImage !== undefined;
  const left = openFrontsInClusters(clusters, { installation, makesFronts });
  return {
    tracks: {
      ...tracks,
      // An undo is sent also where a breaker is open.
      removeFault: (...call) => bypassBreaker(() => tracks.removeFault(...call)),
      closeTracks: (...call) => bypassBreaker(() => tracks.closeTracks(...call)),
    },
    left: { ...left, remove: (front) => bypassBreaker(() => left.remove(front)) },
    close: () => clusters.close(),
  };
}
