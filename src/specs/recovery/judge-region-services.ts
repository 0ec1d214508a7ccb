import { isMapping, type Finding, type Unfinished } from '../kernel/finding.ts';

/** What is wrong between the services of a plan, and within one of them. */
export function judgeRegionServices({ from, to, services }: Unfinished): Finding[] {
  if (!Array.isArray(services)) return [];
  const all = services as readonly unknown[];
  return all.flatMap((service, index) => {
    if (!isMapping(service)) return [];
    const path = ['services', index];
    return [
      ...judgeStandby(service, path),
      ...judgeContexts(service, path, [from, to]),
      ...judgeRepeated(all, index),
    ];
  });
}

function judgeStandby({ replicas, standby }: Unfinished, path: Finding['path']): Finding[] {
  if (typeof replicas !== 'number' || typeof standby !== 'number') return [];
  if (standby <= replicas) return [];
  const message = `is more than the ${replicas} replicas of the region that leads`;
  return [{ path: [...path, 'standby'], message }];
}

/** Where both regions are one cluster, what is scaled down is what was scaled up. */
function judgeContexts(
  { contexts }: Unfinished,
  path: Finding['path'],
  [from, to]: readonly [unknown, unknown],
): Finding[] {
  if (!isMapping(contexts) || typeof from !== 'string' || typeof to !== 'string') return [];
  const [one, other] = [contexts[from], contexts[to]];
  if (from === to || one === undefined || one !== other) return [];
  const message = `is the context of ${from} already; each region has a cluster of its own`;
  return [{ path: [...path, 'contexts', to], message }];
}

function judgeRepeated(services: readonly unknown[], index: number): Finding[] {
  const nameOf = (service: unknown) =>
    isMapping(service) ? `${String(service['namespace'])}/${String(service['workload'])}` : '';
  const name = nameOf(services[index]);
  if (services.findIndex((service) => nameOf(service) === name) === index) return [];
  return [{ path: ['services', index], message: `${name} is in the list already` }];
}
