import type { FaultSeen } from '../../../contracts/chaos/host-faults.ts';
import type {
  ServiceFacts,
  Tallies,
  TrackFaultState,
  TrackName,
  TracksState,
  TrackTally,
} from '../../../contracts/chaos/service-tracks.ts';
import type { Fence } from '../../../contracts/kernel/fence.ts';
import type { TrackFault } from '../../../specs/chaos/fault.ts';
import { formatDuration } from '../../../specs/kernel/duration.ts';
import { grouped, percent } from '../../kernel/figures-in-words.ts';
import { delayedFromMs } from './track-bounds.ts';

/** Of requests that are delayed, so much more are late in the experiment than in the control. */
const leastDelayed = 0.5;
/** Of the share that is to fail; the rest may be chance. */
const leastOfShare = 0.25;
const leastRequests = 3;
/** A mean is later by chance by so many of its errors about once in a thousand times. */
const sureErrors = 3;

const usuallyGone =
  'their platform was started again, another release is stable, or nobody kept them';

/** `why`: as they have said it themselves. */
export function describeGone(why = usuallyGone): string {
  return `the tracks are gone: ${why}`;
}

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
    const gone = { isEffective: false, isThere: false, isTargetRunning: false } as const;
    return { ...gone, isTargetGone: true, detail: describeGone(facts?.ended) };
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
  // It has had its effect, on as many requests as it may.
  const isEffective = isShown && (isThere || own.ended === 'budget');
  return {
    ...{ isEffective, isThere, isTargetRunning },
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

interface Shown {
  isShown: boolean;
  detail: string;
}

function showOf(fault: TrackFault, { since }: TrackFaultState, { boundsMs }: TracksState): Shown {
  if (fault.type === 'latency') return showDelay(fault, since, boundsMs);
  const shares = sharesOf(since, ({ requests, failed }) => ({ total: requests, hit: failed }));
  const detail = describe(shares, 'failed');
  if (fault.type !== 'error') return { isShown: isMore(shares, leastDelayed), detail };
  const { control, experiment } = shares;
  // Of those that fail anyway, none fails because of it; and as many more may fail by chance.
  const expected = fault.share * (1 - control.share);
  const variance = control.share * (1 - control.share);
  const chance = Math.sqrt(variance / Math.max(1, control.total) + variance / experiment.total);
  return { isShown: isMore(shares, Math.max(leastOfShare * expected, chance)), detail };
}

/** Most of the experiment are later than the delay; or it is later by most of the delay, where both are. */
function showDelay(
  fault: Extract<TrackFault, { type: 'latency' }>,
  since: Tallies,
  boundsMs: readonly number[],
): Shown {
  const boundMs = delayedFromMs(fault);
  const index = boundsMs.indexOf(boundMs);
  const shares = sharesOf(since, ({ requests, slower, openLonger }) => ({
    total: requests + (openLonger[index] ?? 0),
    hit: slower[index] ?? 0,
  }));
  const detail = describe(shares, `took more than ${Math.round(boundMs)}ms`);
  if (isMore(shares, leastDelayed)) return { isShown: true, detail };
  if (shares.control.share < leastDelayed) return { isShown: false, detail };
  const [later, usual] = [tookOf(since.experiment), tookOf(since.control)];
  const laterMs = later.meanMs - usual.meanMs;
  const errorMs = Math.hypot(later.errorMs, usual.errorMs);
  const isShown = laterMs >= leastDelayed * fault.delayMs && laterMs >= sureErrors * errorMs;
  const means = [later, usual].map(({ meanMs }) => formatDuration(Math.round(meanMs)));
  return { isShown, detail: `${detail}; on average ${means.join(' and ')}` };
}

type Shares = Record<TrackName, { total: number; hit: number; share: number }>;

function sharesOf(
  { control, experiment }: Tallies,
  countsOf: (tally: TrackTally) => { total: number; hit: number },
): Shares {
  const shareOf = (tally: TrackTally) => {
    const { total, hit } = countsOf(tally);
    return { total, hit, share: total === 0 ? 0 : hit / total };
  };
  return { control: shareOf(control), experiment: shareOf(experiment) };
}

function isMore({ control, experiment }: Shares, needed: number): boolean {
  const { total, hit, share } = experiment;
  const more = share - control.share;
  return total >= leastRequests && hit > 0 && more > 0 && more >= needed;
}

function describe({ control, experiment }: Shares, what: string): string {
  const said = ({ total, share }: Shares[TrackName]) => `${percent(share)} of ${grouped(total)}`;
  return `${said(experiment)} requests of the experiment ${what}, ${said(control)} of the control`;
}

/** How long requests take, and how far that is from the truth by chance: the error of the mean. */
function tookOf({ requests, took }: TrackTally): { meanMs: number; errorMs: number } {
  if (requests < leastRequests) return { meanMs: 0, errorMs: Infinity };
  const meanMs = took.sum / requests;
  const variance = Math.max(0, took.squares / requests - meanMs ** 2);
  return { meanMs, errorMs: Math.sqrt(variance / (requests - 1)) };
}
