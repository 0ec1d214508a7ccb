/** What becomes of a fault whose run is gone, and cannot remove it. */
import { formatDuration } from '../../specs/kernel/duration.ts';

/** Beyond the time of an outage, as of any fault; also the longest lease. */
const spareMs = 60_000;

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
  return (isByChaosMesh(fault) ? durationMs : 0) + spareMs;
}

/** For people, who may have to look. */
export function endsWithoutRun(planned: PlannedFault): string {
  if (!isByChaosMesh(planned.fault)) return 'its faults end by their leases';
  const within = formatDuration(longestWithoutRunMs(planned));
  return `Chaos Mesh ends its outages within ${within}, if its controller runs: see kubectl get podchaos`;
}

function isByChaosMesh(fault: string): boolean {
  return fault === 'outage';
}
