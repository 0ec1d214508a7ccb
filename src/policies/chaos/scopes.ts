import type { Scope } from '../../contracts/kernel/change-control.ts';
import type { ChaosExperimentSpec } from '../../specs/chaos/experiment.ts';

/**
 * All that an experiment may make suffer: what was written, and the hosts or the namespace that may be hit.
 * Not the context: two names of it may be one cluster, and labels that differ may be of the same pods.
 */
export function scopesOfExperiment({
  services,
  databases,
  target,
}: Pick<ChaosExperimentSpec, 'services' | 'databases' | 'target'>): Scope[] {
  const scopes = (of: Scope['of'], names: readonly string[]) => names.map((name) => ({ of, name }));
  return [
    ...scopes('service', services),
    ...scopes('database', databases),
    ...('agents' in target ? scopes('host', target.agents) : []),
    ...('pods' in target ? scopes('namespace', [target.pods.namespace]) : []),
  ];
}
