import type {
  CountedRequests,
  OpenTracks,
  Sample,
} from '../../../src/contracts/chaos/observation.ts';
import type {
  TracksPlatform,
  TracksState,
  TrackTally,
} from '../../../src/contracts/chaos/service-tracks.ts';
import { overOf } from '../../../src/policies/chaos/tracks/judge-track-fault.ts';
import type { TrackSource } from '../../../src/specs/chaos/track-source.ts';

/** What both tracks have counted so far; nothing where they cannot be asked: that is no reading of zero. */
export async function readTrackSample(
  platform: TracksPlatform,
  { fence, ...name }: OpenTracks,
  source: TrackSource,
): Promise<Omit<Sample, 'afterMs'>> {
  const { tracks, ended } = (await platform.keepTracks(name, fence)) ?? {};
  if (tracks?.fence.rolloutId !== fence.rolloutId) {
    return { areGone: true, ...(ended !== undefined && { goneBecause: ended }) };
  }
  if (!tracks.isRouted) return {};
  const over = overOf(tracks);
  return {
    counts: {
      control: countsOf(tracks.tallies.control, source, tracks),
      experiment: countsOf(tracks.tallies.experiment, source, tracks),
    },
    ...(over !== undefined && { over }),
  };
}

function countsOf(
  { requests, failed, slower, openLonger, hanging }: TrackTally,
  source: TrackSource,
  { boundsMs }: TracksState,
): CountedRequests {
  if (source.of === 'failed') {
    return { total: requests, bad: failed, ...(hanging > 0 && { pending: hanging }) };
  }
  const index = boundsMs.indexOf(source.thanMs);
  const [bad, open] = [slower[index], openLonger[index]];
  if (bad === undefined || open === undefined) {
    throw new Error(`the tracks do not count above ${source.thanMs} ms`);
  }
  // One that has been open for longer is slow already, whatever becomes of it.
  const pending = Math.max(0, hanging - open);
  return { total: requests + open, bad, ...(pending > 0 && { pending }) };
}
