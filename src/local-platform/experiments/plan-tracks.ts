/** How acts on tracks change a service's record, or why they are refused. Pure: applied elsewhere. */
import { isDeepStrictEqual } from 'node:util';
import type { TrackName } from '../../contracts/chaos/service-tracks.ts';
import type { Fence } from '../../contracts/kernel/fence.ts';
import { PlatformError } from '../../contracts/rollouts/platform.ts';
import type { Deployment, ServiceRecord } from '../state/service-record.ts';

export interface PlannedTracks {
  record: ServiceRecord;
  stable: Deployment;
  generations: Record<TrackName, number>;
}

/**
 * Undefined: this act has opened them already. Their generations are of their own, so that no later
 * release takes the names of their replicas.
 */
export function planTracks(
  record: ServiceRecord,
  fence: Fence,
  open: Fence | undefined,
): PlannedTracks | undefined {
  if (open !== undefined && isDeepStrictEqual(open, fence)) return undefined;
  const last = record.tracksFence;
  if (last !== undefined && fence.step <= last.step) {
    const why = isDeepStrictEqual(last, fence)
      ? 'its tracks were closed, or have ended with the platform that ran them'
      : `step ${last.step} of run ${last.rolloutId} has been accepted`;
    throw new PlatformError(
      'stale-fence',
      `step ${fence.step} of run ${fence.rolloutId} comes too late: ${why}`,
    );
  }
  if (record.chaos !== 'allowed') {
    throw new PlatformError('conflict', 'its release does not allow experiments');
  }
  if (open !== undefined) {
    throw new PlatformError('conflict', `tracks of run ${open.rolloutId} are there`);
  }
  if (record.ownerWorkflowId !== undefined) {
    throw new PlatformError('conflict', `workflow ${record.ownerWorkflowId} owns this service`);
  }
  if (record.stable === undefined) {
    throw new PlatformError('conflict', 'no release of this service is running');
  }
  const control = record.lastGeneration + 1;
  const experiment = control + 1;
  return {
    record: { ...record, tracksFence: fence, lastGeneration: experiment },
    stable: record.stable,
    generations: { control, experiment },
  };
}

/** Tracks of this run are not opened any more by an act that is on its way. */
export function planTracksEnd(record: ServiceRecord, fence: Fence): ServiceRecord {
  const { step = -1 } = record.tracksFence ?? {};
  return step >= fence.step ? record : { ...record, tracksFence: fence };
}
