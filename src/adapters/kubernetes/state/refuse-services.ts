import type { V1Pod, V1Service } from '@kubernetes/client-node';
import type { ServiceObjects } from './service-objects.ts';

/** Why traffic to these Services cannot be divided between stable and a canary. */
export function serviceRefusals(objects: ServiceObjects): string[] {
  const { services, unselective, otherPods, stable } = objects;
  const reasons = unselective.map(unselectiveRefusal);
  if (services.length === 0 && unselective.length === 0) {
    const name = stable.deployment.metadata?.name ?? '';
    reasons.push(
      `no Service in the namespace selects the pods of Deployment ${name}, so there is no traffic to divide; create one`,
    );
  }
  return otherPods.length === 0 ? reasons : [...reasons, otherPodsRefusal(services, otherPods)];
}

function unselectiveRefusal({ metadata, spec }: V1Service): string {
  const what = spec?.type === 'ExternalName' ? 'is an ExternalName' : 'has no selector';
  return `Service ${metadata?.name ?? ''} ${what}: Belay cannot determine which pods it leads to; give it a selector`;
}

const namedPods = 3;

function otherPodsRefusal(services: V1Service[], pods: V1Pod[]): string {
  const shown = pods.slice(0, namedPods).map(describePod).join(', ');
  const more = pods.length > namedPods ? ` and ${pods.length - namedPods} more` : '';
  const names = services.map(({ metadata }) => metadata?.name ?? '').join(', ');
  return (
    `pods of other workloads are behind Service ${names}: ${shown}${more}; ` +
    "narrow the Service's selector or change the labels of those pods"
  );
}

function describePod({ metadata }: V1Pod): string {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller);
  return `${metadata?.name ?? ''}${owner ? ` (${owner.kind} ${owner.name})` : ''}`;
}
