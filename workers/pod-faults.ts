import { bypassBreaker } from '../src/adapters/breakers/bypass-breaker.ts';
import { openChaosMesh } from '../src/adapters/chaos-mesh/chaos-mesh.ts';
import { openFaultPods } from '../src/adapters/chaos/pods.ts';
import { openPlaybookClusters } from '../src/adapters/playbooks/kubernetes/cluster.ts';
import type { Config } from '../src/config/config.ts';
import { packageVersion } from '../src/config/package-version.ts';
import type { ChaosMesh } from '../src/contracts/chaos/mesh-faults.ts';
import type { FaultPods } from '../src/contracts/chaos/pod-faults.ts';
import type { GuardOf } from '../src/contracts/kernel/breakers.ts';

/** The pods that this worker may hit; nothing is connected to before it is asked. */
export function openPodFaults(
  { kubernetes: { kubeconfig, contexts, namespaces } }: Pick<Config, 'kubernetes'>,
  guardOf: GuardOf,
): { pods: FaultPods; mesh: ChaosMesh; close(): void } {
  const clusters = openPlaybookClusters({
    ...{ contexts, guardOf, version: packageVersion() },
    ...(kubeconfig !== undefined && { kubeconfig }),
    ...(namespaces !== undefined && { namespaces }),
  });
  const pods = openFaultPods(clusters);
  const mesh = openChaosMesh(clusters);
  return {
    // An undo is sent also where a breaker is open, and gives its claim back.
    pods: {
      ...pods,
      spare: (call) => bypassBreaker(() => pods.spare(call)),
      readClaim: (controller) => bypassBreaker(() => pods.readClaim(controller)),
      writeClaim: (...change) => bypassBreaker(() => pods.writeClaim(...change)),
    },
    mesh: { ...mesh, remove: (call) => bypassBreaker(() => mesh.remove(call)) },
    close: () => clusters.close(),
  };
}
