import type { V1Deployment } from '@kubernetes/client-node';
import { ownSelector } from '../objects/pointing.ts';
import type { ServiceObjects } from './service-objects.ts';

/** Labels of the spec that would change which pods a Service, a budget or the Deployment selects. */
export function labelRefusals({ target, stable, services, budgets }: ServiceObjects): string[] {
  const present = stable.deployment.spec?.template.metadata?.labels ?? {};
  return Object.entries(target.labels ?? {}).flatMap(([name, value]) => {
    if (present[name] === value) return [];
    const selecting = [
      ...(keysOf(stable.deployment.spec?.selector).includes(name)
        ? [`Deployment ${stable.deployment.metadata?.name ?? ''}`]
        : []),
      ...services
        .filter((service) => Object.hasOwn(ownSelector(service), name))
        .map(({ metadata }) => `Service ${metadata?.name ?? ''}`),
      ...budgets
        .filter(({ spec }) => keysOf(spec?.selector).includes(name))
        .map(({ metadata }) => `PodDisruptionBudget ${metadata?.name ?? ''}`),
    ];
    if (selecting.length === 0) return [];
    return [
      `target.labels sets ${name}, by which ${selecting.join(' and ')} ${selecting.length > 1 ? 'select' : 'selects'} pods; ` +
        'leave that label out',
    ];
  });
}

type Selector = Partial<NonNullable<V1Deployment['spec']>['selector']>;

function keysOf({ matchLabels, matchExpressions }: Selector = {}): string[] {
  return [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)];
}
