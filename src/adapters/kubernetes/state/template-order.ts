import type { V1Container, V1Pod, V1PodTemplateSpec } from '@kubernetes/client-node';

/**
 * The pod with its containers in the order of the template. A container that an admission webhook
 * injected, such as a proxy, may be first in the pod and comes last here.
 */
export function inTemplateOrder(pod: V1Pod, template: V1PodTemplateSpec | undefined): V1Pod {
  const names = (template?.spec?.containers ?? []).map(({ name }) => name);
  const containers = pod.spec?.containers ?? [];
  const isInOrder = names.every((name, index) => containers[index]?.name === name);
  if (!pod.spec || isInOrder) return pod;
  const own = names.flatMap((name) => containers.find((one) => one.name === name) ?? []);
  const injected = containers.filter((one: V1Container) => !own.includes(one));
  return { ...pod, spec: { ...pod.spec, containers: [...own, ...injected] } };
}
