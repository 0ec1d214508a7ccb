import type { Owner, ServiceState } from '../../contracts/rollouts/platform.ts';
import type { RunningTracks } from '../experiments/running-tracks.ts';
import type { ServiceRecord } from '../state/service-record.ts';
import type { ServiceRuntime } from './service-runtime.ts';

/** A service as the API returns it: the wanted state from its record, the current state from its runtime. */
export function describeService(record: ServiceRecord, runtime: ServiceRuntime): ServiceState {
  const { environment, service, revision, canaryWeight, kept } = record;
  const owner = ownerOf(record);
  const { stable, canary } = runtime.tracks();
  const remarks = remarksOf(runtime.openedTracks);
  return {
    service,
    environment,
    ...(record.port > 0 && { url: `http://127.0.0.1:${record.port}` }),
    revision,
    ...(stable && { stable }),
    ...(canary && { canary }),
    canaryWeight,
    ...(owner && { owner }),
    kept,
    ...(remarks.length > 0 && { remarks }),
  };
}

function remarksOf(tracks: RunningTracks | undefined): string[] {
  if (tracks === undefined) return [];
  const { fence, version, share, fault } = tracks.summary();
  const disturbed = fault === undefined ? '' : `, ${fault} in one`;
  const each = `${Number((100 * share).toFixed(2))}% of the requests each`;
  return [`two tracks of ${version} get ${each}${disturbed}, for run ${fence.rolloutId}`];
}

function ownerOf({ fence, ownerWorkflowId, ownerKind }: ServiceRecord): Owner | undefined {
  if (ownerWorkflowId === undefined) return undefined;
  return { ...fence, workflowId: ownerWorkflowId, ...(ownerKind && { kind: ownerKind }) };
}
