import type { PrometheusSeries } from '../client/answer.ts';

/** Labels that say which scraped target, or which pod that pushes, a series is from. */
export const identityLabels = ['cluster', 'job', 'instance', 'pod', 'k8s_pod_name'] as const;

/** A name that stays. Series that name nothing of where they are from are from one place. */
export function targetOf({ labels }: Pick<PrometheusSeries, 'labels'>): string {
  const identity = identityLabels.flatMap((label) => labels[label] ?? []);
  return identity.length === 0 ? 'everywhere' : identity.join(' ');
}

/** The process that Prometheus scraped, where it did: what its series and its `up` share. */
export function scrapedOf({ labels }: Pick<PrometheusSeries, 'labels'>): string | undefined {
  const { cluster = '', job = '', instance } = labels;
  return instance === undefined ? undefined : JSON.stringify([cluster, job, instance]);
}

export function byTarget<T extends Pick<PrometheusSeries, 'labels'>>(
  all: readonly T[],
): Map<string, T[]> {
  const targets = new Map<string, T[]>();
  for (const series of all) {
    const target = targetOf(series);
    const others = targets.get(target);
    if (others) others.push(series);
    else targets.set(target, [series]);
  }
  return targets;
}
