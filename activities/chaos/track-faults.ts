import { Context } from '@temporalio/activity';
import type { TracksPlatform } from '../../src/contracts/chaos/service-tracks.ts';
import { PartError } from '../../src/contracts/kernel/part-error.ts';
import { nameOf } from '../../src/policies/chaos/tracks/name-of.ts';
import type {
  OpenTracksCall,
  TrackFaultActivities,
} from '../../src/contracts/chaos/track-faults.ts';
import { judgeService } from '../../src/policies/chaos/tracks/judge-service.ts';
import {
  describeGone,
  judgeTrackFault,
} from '../../src/policies/chaos/tracks/judge-track-fault.ts';
import { formatDuration } from '../../src/specs/kernel/duration.ts';
import { whileHeartbeating } from '../kernel/support/heartbeating.ts';
import { mapPartErrors } from '../kernel/support/map-part-errors.ts';

/** So long its requests are counted, to know how many a track would get. */
const countedMs = 3_000;
const pollMs = 200;
/** Of a cluster, which is asked for several things each time. */
const pollClusterMs = 1_000;
/** Beyond the time that a release has to be ready. */
const spareMs = 5_000;

export function createTrackFaultActivities(platform: TracksPlatform): TrackFaultActivities {
  return {
    examineService: (call) =>
      mapPartErrors(async () => {
        const { environment, tracks } = call;
        const name = nameOf(environment, tracks);
        const before = await platform.readFacts(name);
        const sinceMs = performance.now();
        const isCounted = before?.requests !== undefined;
        if (isCounted) await Context.current().sleep(countedMs);
        const after = isCounted ? await platform.readFacts(name) : before;
        return judgeService(call, { before, after, betweenMs: performance.now() - sinceMs });
      }),

    openTracks: (call) => mapPartErrors(() => whileHeartbeating(() => openedBy(platform, call))),

    injectTrackFault: ({ environment, service, place, ...order }) =>
      mapPartErrors(() =>
        platform.injectFault({ environment, service, ...(place && { place }) }, order),
      ),

    observeTracks: ({ fence, fault, ...name }) =>
      mapPartErrors(async () => {
        // Whoever waits for a fault to be gone keeps the tracks, too.
        const facts = await platform.keepTracks(name, fence);
        const { isUnasked, troubles = [] } = facts?.tracks ?? {};
        if (isUnasked === true) {
          const why = troubles.join('; ');
          throw new PartError('unavailable', `the tracks could not be asked: ${why}`);
        }
        return judgeTrackFault(facts, fence, fault);
      }),

    extendTrackFault: ({ fence, forMs, ...name }) =>
      mapPartErrors(() => platform.extendFault(name, fence, forMs)),

    removeTrackFault: ({ fence, ...name }) =>
      mapPartErrors(() => platform.removeFault(name, fence)),

    closeTracks: ({ fence, ...name }) => mapPartErrors(() => platform.closeTracks(name, fence)),
  };
}

/** Opens them, and waits until all of their replicas are ready. */
async function openedBy(
  platform: TracksPlatform,
  { environment, service, place, ...order }: OpenTracksCall,
): Promise<{ problem?: string }> {
  const name = { environment, service, ...(place && { place }) };
  const { workflowId = '' } = Context.current().info.workflowExecution ?? {};
  await platform.openTracks(name, order, workflowId);
  const sinceMs = performance.now();
  for (;;) {
    const { tracks, stable, ended } = (await platform.keepTracks(name, order.fence)) ?? {};
    if (tracks?.fence.rolloutId !== order.fence.rolloutId) return { problem: describeGone(ended) };
    if (tracks.isRouted) return {};
    const withinMs = (stable?.readyWithinMs ?? 0) + spareMs;
    if (performance.now() - sinceMs > withinMs) {
      const why = tracks.troubles.join('; ') || 'their replicas are not ready';
      return { problem: `not ready within ${formatDuration(withinMs)}: ${why}` };
    }
    await Context.current().sleep(place === undefined ? pollMs : pollClusterMs);
  }
}
