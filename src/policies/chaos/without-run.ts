/** What becomes of a fault whose run is gone, and cannot remove it. */
import { meshFaultTypes } from '../../specs/chaos/fault.ts';
import { formatDuration } from '../../specs/kernel/duration.ts';
import { longestFaultMs } from './lease-plan.ts';

export interface PlannedFault {
  /** Its type. */
  fault: string;
  durationMs: number;
}

/**
 * After this it is over. Only a run that goes on extends the lease of a fault, a minute at a time; of an outage Chaos
 * Mesh is told once when it ends.
 */
export function longestWithoutRunMs({ fault, durationMs }: PlannedFault): number {
  return longestFaultMs(isByChaosMesh(fault) ? durationMs : 0);
}

/** For people, who may have to look. */
export function endsWithoutRun(planned: PlannedFault): string {
  if (!isByChaosMesh(planned.fault)) return 'its faults end by their leases';
  const within = formatDuration(longestWithoutRunMs(planned));
  return `Chaos Mesh ends its outages within ${within}, if its controller runs: see kubectl get podchaos`;
}

function isByChaosMesh(fault: string): boolean {
  return meshFaultTypes.some((type) => type === fault);
}
