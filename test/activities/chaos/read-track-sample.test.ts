import { expect, it } from 'vitest';
import { readTrackSample } from '../../../activities/chaos/support/read-track-sample.ts';
import type { TracksPlatform, TracksState } from '../../../src/contracts/chaos/service-tracks.ts';

const fence = { rolloutId: 'run@1', step: 4 };
const tally = (requests: number) => ({
  ...{ requests, failed: 0, slower: [0], openLonger: [0], hanging: 0 },
});
const name = { environment: 'demo', service: 'shop', fence };
const source = {
  of: 'failed' as const,
  test: { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 },
};

const platformOf = (isRouted: boolean, requests: number): TracksPlatform => {
  const tallies = { control: tally(requests), experiment: tally(requests) };
  const tracks = { fence, isRouted, tallies, boundsMs: [100] } as unknown as TracksState;
  return { keepTracks: async () => ({ isAllowed: true, tracks }) } as unknown as TracksPlatform;
};

it('tracks that cannot be asked for a moment have counted nothing, rather than zero', async () => {
  const read = (isRouted: boolean, requests: number) =>
    readTrackSample(platformOf(isRouted, requests), name, source);
  expect(await read(true, 40)).toMatchObject({ counts: { control: { total: 40, bad: 0 } } });
  expect(await read(false, 0)).toEqual({});
});

it('tracks that have ended by themselves say why in the sample that ends the watch', async () => {
  const ended = 'the pod of Belay was too slow itself';
  const keepTracks = async () => ({ isAllowed: true, ended });
  const platform = { keepTracks } as unknown as TracksPlatform;
  expect(await readTrackSample(platform, name, source)).toEqual({
    ...{ areGone: true, goneBecause: ended },
  });
});
