/** Services that only have to exist, besides the measured one. */
import type { ServiceRef } from '../../src/contracts/rollouts/platform.ts';
import { inParallel } from '../measures/in-parallel.ts';
import type { MeasuredSystem } from './measured-system.ts';
import { firstRelease, inProcess, serviceNamed, startCanary } from './services.ts';

/** The number of services that are started at the same time. */
const concurrency = 10;

export function servicesNamed(prefix: string, count: number): ServiceRef[] {
  return Array.from({ length: count }, (_, index) => serviceNamed(`${prefix}-${index + 1}`));
}

/** While no janitor is running: see without-janitor.ts. */
export async function firstReleases(system: MeasuredSystem, refs: ServiceRef[]): Promise<void> {
  await inParallel(refs, concurrency, (ref) => firstRelease(system, ref, inProcess('v1')));
}

/** A canary of each service at weight 50, in a hold that outlasts the benchmark. Returns the workflows' IDs. */
export function holdCanaries(system: MeasuredSystem, refs: ServiceRef[]): Promise<string[]> {
  const stages = [{ weight: 50, hold: '6h' }];
  return inParallel(refs, concurrency, (ref) =>
    startCanary(system, ref, { release: inProcess('v2'), stages }),
  );
}
