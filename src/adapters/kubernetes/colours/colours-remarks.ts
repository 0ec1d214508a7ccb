import type { V1Service, V2HorizontalPodAutoscaler } from '@kubernetes/client-node';
import { remarksOn } from '../state/remarks.ts';
import type { ColoursObjects } from './colours-objects.ts';
import { leadsTo } from './other-services.ts';

/** What an operator should know about two colours, although it does not prevent a rollout. */
export function coloursRemarks(objects: ColoursObjects): string[] {
  return [
    ...objects.autoscalers.flatMap((autoscaler) => autoscalerRemarks(autoscaler, objects)),
    ...remarksOn(objects),
    ...objects.otherServices.flatMap((service) => serviceRemarks(service, objects)),
  ];
}

function autoscalerRemarks(
  { metadata, spec }: V2HorizontalPodAutoscaler,
  { stable, canary }: ColoursObjects,
): string[] {
  const name = `HorizontalPodAutoscaler ${metadata?.name ?? ''}`;
  const scaled = spec?.scaleTargetRef.name;
  const workload = [stable, canary].find(({ deployment }) => deployment.metadata?.name === scaled);
  if (workload?.deployment.spec?.replicas === 0) {
    return [`${name} is inactive: Kubernetes does not scale ${scaled} while it is scaled to 0`];
  }
  const isHeld = spec?.behavior?.scaleDown?.selectPolicy === 'Disabled';
  return isHeld ? [`${name} does not scale down while a rollout owns both colours`] : [];
}

function serviceRemarks(service: V1Service, objects: ColoursObjects): string[] {
  const name = `Service ${service.metadata?.name ?? ''}`;
  const colour = (which: 'stable' | 'canary') => objects[which].deployment.metadata?.name ?? '';
  switch (leadsTo(service, objects)) {
    case 'neither':
      return [];
    case 'both':
      return [`${name} leads to both colours: its clients see the release before the switch`];
    case 'live':
      return [`${name} selects only ${colour('stable')}: a switch does not move it`];
    case 'idle':
      return [`${name} selects only ${colour('canary')}: a switch does not move it`];
  }
}
