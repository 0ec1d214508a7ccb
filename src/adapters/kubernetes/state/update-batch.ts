import type { V1DeploymentSpec } from '@kubernetes/client-node';

type Sized = Pick<V1DeploymentSpec, 'replicas' | 'strategy'>;

/** The largest number of additional pods in a rolling update; a percentage is rounded up. */
export function surgeOf({ replicas = 1, strategy }: Sized): number {
  return resolve(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
}

/** The largest number of unavailable pods; a percentage is rounded down, and at least 1 without a surge. */
export function unavailableOf(spec: Sized): number {
  const { replicas = 1, strategy } = spec;
  const written = strategy?.rollingUpdate?.maxUnavailable ?? '25%';
  const allowed = resolve(written, replicas, Math.floor);
  return allowed === 0 && surgeOf(spec) === 0 ? 1 : allowed;
}

function resolve(written: number | string, replicas: number, round: (share: number) => number) {
  if (typeof written === 'number') return written;
  return round((Number(written.replace('%', '')) / 100) * replicas);
}
