import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import type {
  ServiceFacts,
  TrackFaultState,
  TracksState,
  TrackTally,
} from '../../../contracts/chaos/service-tracks.ts';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { TrackFault } from '../../../specs/chaos/fault.ts';
import { grouped, percent } from '../../kernel/figures-in-words.ts';
import { delayedFromMs } from './track-bounds.ts';

/** Of requests that are delayed, so much more are late in the experiment than in the control. */
const leastDelayed = 0.5;
/** Of the share that is to fail; the rest may be chance. */
const leastOfShare = 0.25;
const leastRequests = 3;

/**
 * What the requests of both tracks show of a fault since it was injected: a router that says that it
 * has a fault, and answers as before, has none.
 */
export function judgeTrackFault(
  facts: ServiceFacts | undefined,
  lease: Fence,
  fault: TrackFault,
): FaultSeen {
  const tracks = facts?.tracks;
  if (tracks?.fence.rolloutId !== lease.rolloutId) {
    const detail = 'the tracks are gone: their platform was started again, or nobody kept them';
    const gone = { isEffective: false, isThere: false, isTargetRunning: false } as const;
    return { ...gone, isTargetGone: true, detail };
  }
  const { wanted, ready } = tracks;
  const isTargetRunning = Math.min(ready.control, ready.experiment) >= wanted;
  const own = tracks.fault?.fence.step === lease.step ? tracks.fault : undefined;
  if (own === undefined) {
    return { isEffective: false, isThere: false, isTargetRunning, detail: 'no fault is there' };
  }
  if (own.replica !== undefined) return judgeReplica(own, own.replica, isTargetRunning);
  const isThere = own.ended === undefined;
  const { isShown, detail } = showOf(fault, own, tracks);
  return {
    ...{ isEffective: isThere && isShown, isThere, isTargetRunning },
    disturbed: own.disturbed,
    detail: own.ended === undefined ? detail : `${endOf(own)}; ${detail}`,
  };
}

/** A crash is over as soon as it has happened; what is frozen is there until the kernel lets it go on. */
function judgeReplica(
  own: TrackFaultState,
  { name, pid, state }: NonNullable<TrackFaultState['replica']>,
  isTargetRunning: boolean,
): FaultSeen {
  const isStopped = state === 'stopped';
  const detail = `process ${pid} of ${name} is ${state}`;
  return {
    isEffective: own.fault.type === 'crash' ? state === 'gone' : isStopped,
    isThere: isStopped,
    ...{ isTargetRunning, disturbed: own.disturbed },
    detail: own.ended === undefined ? detail : `${endOf(own)}; ${detail}`,
  };
}

/** Why no request meets the fault of this act any more, where it ended by itself. */
export function overOf({ fault }: TracksState): string | undefined {
  if (fault?.ended !== 'budget') return undefined;
  return `the fault has disturbed ${grouped(fault.disturbed)} requests, as many as it may`;
}

function endOf(fault: TrackFaultState): string {
  switch (fault.ended) {
    case 'budget':
      return `it ended with ${grouped(fault.disturbed)} requests, as many as it may disturb`;
    case 'lease':
      return 'its lease is over';
    default:
      return 'gone';
  }
}

function showOf(
  fault: TrackFault,
  { since: { control, experiment } }: TrackFaultState,
  { boundsMs }: TracksState,
): { isShown: boolean; detail: string } {
  const delayed = delayedFromMs(fault);
  const hitOf = ({ failed, slower }: TrackTally) =>
    delayed === undefined ? failed : (slower[boundsMs.indexOf(delayed)] ?? 0);
  const shareOf = (tally: TrackTally) => (tally.requests === 0 ? 0 : hitOf(tally) / tally.requests);
  const more = shareOf(experiment) - shareOf(control);
  const needed = fault.type === 'error' ? leastOfShare * fault.share : leastDelayed;
  const what = delayed === undefined ? 'failed' : `took more than ${Math.round(delayed)}ms`;
  const said = (tally: TrackTally) => `${percent(shareOf(tally))} of ${grouped(tally.requests)}`;
  return {
    isShown: experiment.requests >= leastRequests && hitOf(experiment) > 0 && more >= needed,
    detail: `${said(experiment)} requests of the experiment ${what}, ${said(control)} of the control`,
  };
}
