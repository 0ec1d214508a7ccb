import { proxyActivities } from '@temporalio/workflow';
import type { OpenTracks } from '../../../src/contracts/chaos/observation.ts';
import type {
  ExamineServiceCall,
  OpenTracksCall,
  ServiceExamined,
  TrackFacts,
  TrackFaultActivities,
} from '../../../src/contracts/chaos/track-faults.ts';
import type { RunStep } from '../../../src/contracts/kernel/agent.ts';
import { callTarget } from '../../../src/policies/chaos/call-target.ts';
import { nameOf } from '../../../src/policies/chaos/tracks/name-of.ts';
import { isTrackFault, type Fault, type TrackFault } from '../../../src/specs/chaos/fault.ts';
import type { TargetActs } from './acts-on-target.ts';

const retry = { initialInterval: 500, maximumInterval: 5_000 } as const;
const patience = { startToCloseTimeout: '35 s', scheduleToCloseTimeout: '60 s', retry } as const;

const acts = () => proxyActivities<TrackFaultActivities>(patience);

/** What a run does with the experiment track of a service. */
export function createTrackActs(target: TrackFacts): TargetActs {
  const { environment, tracks } = target;
  const called = callTarget(target);
  const ofAct = ({ runRef: rolloutId, step }: RunStep): OpenTracks => ({
    ...nameOf(environment, tracks),
    fence: { rolloutId, step },
  });
  return {
    inject: async (lease, fault, times) => {
      const order = { ...ofAct(lease), ...times, mostRequests: tracks.mostRequests };
      const summary = `${fault.type} in ${called}`;
      const call = { ...order, fault: ofTracks(fault) };
      await acts().injectTrackFault.executeWithOptions({ summary }, [call]);
      return undefined;
    },
    observe: (lease, fault) =>
      acts().observeTracks.executeWithOptions({ summary: `observe ${called}` }, [
        { ...ofAct(lease), fault: ofTracks(fault) },
      ]),
    remove: (lease) =>
      acts().removeTrackFault.executeWithOptions({ summary: `remove the fault of ${called}` }, [
        ofAct(lease),
      ]),
    extend: (lease, forMs) =>
      acts().extendTrackFault.executeWithOptions({ summary: `extend the fault of ${called}` }, [
        { ...ofAct(lease), forMs },
      ]),
  };
}

export function examineService(call: ExamineServiceCall): Promise<ServiceExamined> {
  const summary = `examine ${call.environment}/${call.tracks.service}`;
  return acts().examineService.executeWithOptions({ summary }, [call]);
}

/** As long as its replicas take to be ready: whoever opens them says how long that is. */
export function openTracks(call: OpenTracksCall): Promise<{ problem?: string }> {
  const { openTracks: open } = proxyActivities<TrackFaultActivities>({
    ...{ startToCloseTimeout: '1 h', scheduleToCloseTimeout: '1 h', heartbeatTimeout: '10 s' },
    retry,
  });
  return open(call);
}

export function closeTracks(tracks: OpenTracks): Promise<void> {
  const summary = `close the tracks of ${tracks.environment}/${tracks.service}`;
  return acts().closeTracks.executeWithOptions({ summary }, [tracks]);
}

/** The spec was refused otherwise. */
export function ofTracks(fault: Fault): TrackFault {
  if (isTrackFault(fault)) return fault;
  throw new Error(`${fault.type} is not done to tracks`);
}
