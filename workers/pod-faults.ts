import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { openOutagesInClusters } from '../src/adapters/chaos-mesh/left-outages.ts';
import { openChaosMesh } from '../src/adapters/chaos-mesh/chaos-mesh.ts';
import { openFaultPods } from '../src/adapters/chaos/pods.ts';
import { openPlaybookClusters } from '../src/adapters/playbooks/kubernetes/cluster.ts';
import type { Config } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { OutagesInClusters } from '../src/contracts/chaos/left-outages.ts';
import type { ChaosMesh } from '../src/contracts/chaos/mesh-faults.ts';
import type { FaultPods } from '../src/contracts/chaos/pod-faults.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';

/**
 * The pods that this worker may hit; nothing is connected to before it is asked. `installation` tells this Belay from
 * others that act on the same clusters.
 */
export function openPodFaults(
  { kubernetes: { kubeconfig, contexts, namespaces } }: Pick<Config, 'kubernetes'>,
  installation: string,
  guardOf: GuardOf,
): { pods: FaultPods; mesh: ChaosMesh; left: OutagesInClusters; close(): void } {
  const clusters = openPlaybookClusters({
    ...{ contexts, guardOf, version: packageVersion() },
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespaces !== undefined && { namespaces }),
  });
  const pods = openFaultPods(clusters);
  const mesh = openChaosMesh(clusters);
  const left = openOutagesInClusters(clusters, installation);
  return {
    // An undo is sent also where a breaker is open, and gives its claim back.
    pods: {
      ...pods,
      spare: (call) => bypassBreaker(() => pods.spare(call)),
      readClaim: (controller) => bypassBreaker(() => pods.readClaim(controller)),
      writeClaim: (...change) => bypassBreaker(() => pods.writeClaim(...change)),
    },
    mesh: { ...mesh, remove: (call) => bypassBreaker(() => mesh.remove(call)) },
    left: { ...left, remove: (outages) => bypassBreaker(() => left.remove(outages)) },
    close: () => clusters.close(),
  };
}
