import type { V1PodDisruptionBudget, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { annotations } from '../objects/names.ts';
import { notCopied } from '../objects/service-copy.ts';
import { addedLabels, isAdoptable, isBare, isRenounced, titleOf } from './canary-beside.ts';
import type { CanaryBeside, ServiceObjects } from './service-objects.ts';

/** What an operator should know about the service, although it does not prevent a rollout. */
export function remarksOn(objects: ServiceObjects): string[] {
  return [
    ...(objects.autoscaler ? autoscalerRemarks(objects.autoscaler) : []),
    ...objects.budgets.flatMap(budgetRemarks),
    ...probeRemarks(objects),
    ...copyRemarks(objects),
    ...adoptionRemarks(objects),
  ];
}

function autoscalerRemarks({ metadata, spec, status }: V2HorizontalPodAutoscaler): string[] {
  const name = `HorizontalPodAutoscaler ${metadata?.name ?? ''}`;
  const isHeld = spec?.behavior?.scaleDown?.selectPolicy === 'Disabled';
  const isAtMost = spec !== undefined && (status?.currentReplicas ?? 0) >= spec.maxReplicas;
  return [
    ...(isHeld ? [`${name} does not scale down: it counts the canary's pods too`] : []),
    ...(isAtMost ? [`${name} is at its maximum of ${spec.maxReplicas} replicas`] : []),
  ];
}

function budgetRemarks({ metadata, status }: V1PodDisruptionBudget): string[] {
  if (status?.disruptionsAllowed !== 0 || status.expectedPods === 0) return [];
  return [
    `PodDisruptionBudget ${metadata?.name ?? ''} allows no disruption now: ` +
      `${status.currentHealthy} of ${status.desiredHealthy} pods healthy; nodes cannot be drained`,
  ];
}

function probeRemarks({ stable }: ServiceObjects): string[] {
  const containers = stable.deployment.spec?.template.spec?.containers ?? [];
  if (containers.some(({ readinessProbe }) => readinessProbe)) return [];
  return ['no container has a readiness probe: a pod gets requests as soon as it runs'];
}

/** What the copy of the Service for the canary lacks. */
function copyRemarks({ route, services }: ServiceObjects): string[] {
  const routed = services.find(
    ({ metadata }) => route?.service !== undefined && metadata?.name === route.service,
  );
  const missing = routed ? notCopied(routed) : [];
  if (missing.length === 0) return [];
  return [
    `the canary's copy of Service ${route?.service ?? ''} is created without ${missing.join(', ')}`,
  ];
}

/** Why the Deployment will replace its own pods at the promotion instead of adopting the canary's. */
function adoptionRemarks(objects: ServiceObjects): string[] {
  if (objects.target.colours !== undefined) return [];
  const { metadata } = objects.stable.deployment;
  const instead = `Deployment ${metadata?.name ?? ''} cannot adopt the canary's pods, and replaces its own at the promotion`;
  const added = addedLabels(objects);
  if (added.length > 0) return [`${instead}: target.labels adds ${added.join(', ')}`];
  const { workload } = objects.canary ?? {};
  if (workload === undefined || isAdoptable(workload) || !hasRelease(workload)) return [];
  return [`${instead}: ${whyNotAdoptable(workload)}`];
}

function whyNotAdoptable(workload: CanaryBeside['workload']): string {
  if (!isBare(workload)) return `an earlier version of Belay created ${titleOf(workload)}`;
  if (isRenounced(workload)) return 'it was not possible at once, and was taken back';
  return `admission stores another pod template for ${titleOf(workload)}`;
}

function hasRelease({ metadata }: CanaryBeside['workload']): boolean {
  return metadata?.annotations?.[annotations.template] !== undefined;
}
