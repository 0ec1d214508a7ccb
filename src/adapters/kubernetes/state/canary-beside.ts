/** The canary beside stable, and whether the user's Deployment can adopt it. Pure. */
import type { V1Deployment, V1ReplicaSet } from '@kubernetes/client-node';
import {
  deploymentTrouble,
  replicaSetTrouble,
} from '../../kubernetes-api/objects/deployment-trouble.ts';
import { annotations, labels } from '../objects/names.ts';
import type { CanaryBeside, ServiceObjects } from './service-objects.ts';

export function isBare({ metadata }: V1ReplicaSet | V1Deployment): boolean {
  return metadata?.labels?.[labels.templateHash] !== undefined;
}

/** Whether its pods are those that the user's Deployment would create. */
export function isAdoptable(canary: V1ReplicaSet | V1Deployment): boolean {
  const { [annotations.stored]: own, [annotations.ofDeployment]: wanted } =
    canary.metadata?.annotations ?? {};
  return isBare(canary) && own !== undefined && own === wanted;
}

/** Whether an adoption was tried, and taken back: it is not tried again. */
export function isRenounced({ metadata }: V1ReplicaSet | V1Deployment): boolean {
  const { [annotations.stored]: own, [annotations.ofDeployment]: wanted } =
    metadata?.annotations ?? {};
  return own !== undefined && wanted === undefined;
}

/** Labels of the spec that the release's pods do not have: with them, the Deployment cannot adopt the canary. */
export function addedLabels({
  target,
  stable,
}: Pick<ServiceObjects, 'target' | 'stable'>): string[] {
  const own = stable.deployment.spec?.template.metadata?.labels ?? {};
  return Object.entries(target.labels ?? {}).flatMap(([name, value]) =>
    own[name] === value ? [] : name,
  );
}

export function titleOf(canary: V1ReplicaSet | V1Deployment): string {
  return `${isBare(canary) ? 'ReplicaSet' : 'Deployment'} ${canary.metadata?.name ?? ''}`;
}

export function canaryTrouble({ workload, replicaSets }: CanaryBeside): string | undefined {
  return isBare(workload)
    ? replicaSetTrouble(workload as V1ReplicaSet)
    : deploymentTrouble(workload as V1Deployment, replicaSets);
}
