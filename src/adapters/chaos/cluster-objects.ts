import { PartError } from '../../contracts/kernel/part-error.ts';
import type { PodController, PodName } from '../../contracts/chaos/pod-faults.ts';
import type { KubernetesObject } from '../kubernetes-api/dynamic/api-resource.ts';
import type { PlaybookCluster } from '../playbooks/kubernetes/cluster.ts';
import { resourceNamed, type NamedObject } from '../playbooks/kubernetes/object-name.ts';

/** Undefined where it is gone, or another pod has its name. */
export async function getPod(
  cluster: PlaybookCluster,
  pod: PodName,
): Promise<KubernetesObject | undefined> {
  return getVery(cluster, objectOf(pod), pod.uid);
}

/** Undefined where it is gone, or another controller has its name. */
export async function getController(
  cluster: PlaybookCluster,
  controller: PodController,
): Promise<KubernetesObject | undefined> {
  return getVery(cluster, controllerOf(controller), controller.owner.uid);
}

export function objectOf({ namespace, name }: PodName): NamedObject {
  return { resource: resourceNamed('pod'), namespace, name };
}

export function controllerOf({ namespace, owner }: PodController): NamedObject {
  return { resource: resourceNamed(owner.kind), namespace, name: owner.name };
}

async function getVery(
  cluster: PlaybookCluster,
  object: NamedObject,
  uid: string,
): Promise<KubernetesObject | undefined> {
  const present = await getIfThere(cluster, object);
  return present?.metadata.uid === uid ? present : undefined;
}

export async function getIfThere(
  cluster: PlaybookCluster,
  object: NamedObject,
): Promise<KubernetesObject | undefined> {
  try {
    return await cluster.get(object);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

export function isNotFound(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown } };
  return error instanceof PartError && cause?.code === 'not-found';
}
