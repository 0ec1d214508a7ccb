import type { TrackWatchActivities } from '../../src/contracts/chaos/observation.ts';
import type { TracksPlatform } from '../../src/contracts/chaos/service-tracks.ts';
import { isTrackSource } from '../../src/specs/chaos/track-source.ts';
import { readTrackSample } from './support/read-track-sample.ts';
import { watchAttempt } from './support/watch-attempt.ts';

/** What a worker samples of two tracks. */
export function createTrackWatchActivities(platform: TracksPlatform): TrackWatchActivities {
  return {
    watchTracks: ({ tracks, ...order }) =>
      watchAttempt(order, async (source) => {
        if (!isTrackSource(source)) throw new Error('only tracks are read by this activity');
        return readTrackSample(platform, tracks, source);
      }),
  };
}
