import type { Finding, Unfinished } from '../kernel/finding.ts';
import type { Target } from './target.ts';
import { wholeNumber } from '../kernel/written.ts';

const replicasOnLocal = 2;

export const replicasKey = wholeNumber(1, 1_000)
  .exactOptional()
  .describe(
    `Local: number of replicas at 100 percent. Default: ${replicasOnLocal}. On Kubernetes the Deployment decides.`,
  );

/** The replicas of a release, where it is not the platform's own object that says how many. */
export function replicasOn(
  { platform }: Target,
  replicas: number | undefined,
): { replicas?: number } {
  return platform === 'local' ? { replicas: replicas ?? replicasOnLocal } : {};
}

export function refuseReplicas({ replicas }: Unfinished): Finding[] {
  if (replicas === undefined) return [];
  const message = 'the Deployment and its autoscaler say how many replicas there are; leave it out';
  return [{ path: ['replicas'], message }];
}
