import type { PrometheusSeries } from '../client/answer.ts';

/** Labels that identify the scraped target, or the pushing pod, of a series. */
export const identityLabels = ['cluster', 'job', 'instance', 'pod', 'k8s_pod_name'] as const;

/** A stable name. Series without any identity labels count as one target. */
export function targetOf({ labels }: Pick<PrometheusSeries, 'labels'>): string {
  const identity = identityLabels.flatMap((label) => labels[label] ?? []);
  return identity.length === 0 ? 'everywhere' : identity.join(' ');
}

/** The process that Prometheus scraped, if it did: its series and its `up` share it. */
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
