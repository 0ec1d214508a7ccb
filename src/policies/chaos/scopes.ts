import type { Scope } from '../../contracts/kernel/change-control.ts';
import type { ChaosExperimentSpec } from '../../specs/chaos/experiment.ts';

/** All that an experiment may make suffer: what was written, and the hosts that may be hit. */
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
  ];
}
