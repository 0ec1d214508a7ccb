interface Placed {
  service: string;
  environment: string;
  /** As a spec has it, resolved or not. */
  target?: unknown;
}

/**
 * The Deployments of a service, each as `<namespace>/<name>`: on Kubernetes its stable one and the
 * canary beside it, or its two colours; on the local platform the service itself, in an environment
 * of the namespace's name. Empty where the target is unknown.
 */
export function deploymentsOf({ service, environment, target }: Placed): string[] {
  const given = (target ?? {}) as Record<string, unknown>;
  if (given['platform'] === 'local') return [`${environment}/${service}`];
  const { namespace } = given;
  if (given['platform'] !== 'kubernetes' || typeof namespace !== 'string') return [];
  const { blue, green } = (given['colours'] ?? {}) as Record<string, unknown>;
  const stable = typeof given['deployment'] === 'string' ? given['deployment'] : service;
  const names =
    blue === undefined && green === undefined ? [stable, `${stable}-canary`] : [blue, green];
  return names.filter((name) => typeof name === 'string').map((name) => `${namespace}/${name}`);
}
