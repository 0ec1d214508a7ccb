import type { V1Container, V1PersistentVolumeClaim, V1PodSpec } from '@kubernetes/client-node';
import type { ServiceObjects } from './service-objects.ts';

/** Why a second set of these pods cannot run beside the first. */
export function podRefusals({ stable, claims }: ServiceObjects): string[] {
  const { spec } = stable.deployment;
  const pod = spec?.template.spec;
  if (!pod) return [];
  return [
    ...(spec.strategy?.type === 'Recreate' ? [recreate] : []),
    ...(pod.hostNetwork ? [hostNetwork] : []),
    ...hostPorts(pod),
    ...claims.filter(isForOneNode).map(claimRefusal),
  ];
}

const recreate =
  'the strategy of the Deployment is Recreate, which usually means "never two versions at once"; ' +
  'use kind: recreate, or set the strategy to RollingUpdate';

const hostNetwork =
  'its pods use hostNetwork, so a canary would need the same ports of the node; ' +
  'remove it, or use kind: rolling or recreate';

function hostPorts({ containers, initContainers }: V1PodSpec): string[] {
  return [...(initContainers ?? []), ...containers]
    .flatMap(portsOf)
    .map(
      ({ name, port }) =>
        `container ${name} uses hostPort ${port}, which a canary would need too; ` +
        'remove it, or use kind: rolling or recreate',
    );
}

function portsOf({ name, ports }: V1Container): { name: string; port: number }[] {
  return (ports ?? []).flatMap(({ hostPort }) => (hostPort ? [{ name, port: hostPort }] : []));
}

function isForOneNode({ spec }: V1PersistentVolumeClaim): boolean {
  const modes = spec?.accessModes ?? [];
  return !modes.includes('ReadWriteMany') && !modes.includes('ReadOnlyMany');
}

function claimRefusal({ metadata, spec }: V1PersistentVolumeClaim): string {
  return (
    `PersistentVolumeClaim ${metadata?.name ?? ''} is ${spec?.accessModes?.join(', ') ?? ''}: ` +
    'two versions cannot mount it at the same time; use ReadWriteMany, or kind: recreate'
  );
}
