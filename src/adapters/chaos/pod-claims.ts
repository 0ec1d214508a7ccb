import type { PodClaims, PodController } from '../../contracts/chaos/pod-faults.ts';
import { PartError } from '../../contracts/kernel/part-error.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { controllerOf, getController } from './cluster-objects.ts';

/** Where a controller keeps the run that hits its pods. */
const claimAnnotation = 'belay.dev/chaos-claim';
/** The status of a controller is written with every pod that begins and ends. */
const mostTries = 8;

export function claimIn({ metadata }: KubernetesObject): string | undefined {
  return metadata.annotations?.[claimAnnotation];
}

/** The controller is written only as it was read. */
export async function writeClaim(
  cluster: PlaybookCluster,
  controller: PodController,
  { was, to }: Parameters<PodClaims['writeClaim']>[1],
): Promise<boolean> {
  const { namespace, owner } = controller;
  const what = `${owner.kind} ${namespace}/${owner.name}`;
  for (let attempt = 1; attempt <= mostTries; attempt += 1) {
    const present = await getController(cluster, controller);
    if (present === undefined) {
      if (to === undefined) return true;
      throw new PartError('refused', `${what} is gone, so nothing would replace its pods`);
    }
    if (claimIn(present) !== was) return false;
    const { resourceVersion } = present.metadata;
    const annotations = { [claimAnnotation]: to ?? null };
    const patch = { metadata: { resourceVersion, annotations } };
    if ((await cluster.merge(controllerOf(controller), patch, false)) !== 'conflict') return true;
  }
  throw new PartError('unavailable', `others write ${what} all the time`);
}
