import type { AlertSubject } from '../../contracts/alerts.ts';

interface Placed {
  service: string;
  environment: string;
  /** As a spec has it, resolved or not. */
  target?: unknown;
}

/**
 * Whether a Deployment that an alert names is this service's: on Kubernetes its stable Deployment,
 * the canary beside it, or one of its colours; on the local platform the service itself, in an
 * environment of the namespace's name.
 */
export function isDeploymentOf(
  { deployment, namespace }: AlertSubject,
  { service, environment, target }: Placed,
): boolean {
  if (deployment === undefined || namespace === undefined) return false;
  const given = (target ?? {}) as Record<string, unknown>;
  if (given['platform'] === 'local') return service === deployment && environment === namespace;
  if (given['platform'] !== 'kubernetes' || given['namespace'] !== namespace) return false;
  const { blue, green } = (given['colours'] ?? {}) as Record<string, unknown>;
  if (blue !== undefined || green !== undefined) return [blue, green].includes(deployment);
  const stable = typeof given['deployment'] === 'string' ? given['deployment'] : service;
  return deployment === stable || deployment === `${stable}-canary`;
}
