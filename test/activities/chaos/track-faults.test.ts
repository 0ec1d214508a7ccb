import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, it } from 'vitest';
import { createTrackFaultActivities } from '../../../activities/chaos/track-faults.ts';
import type {
  ServiceFacts,
  TracksPlatform,
  TracksState,
} from '../../../src/contracts/chaos/service-tracks.ts';

const fence = { rolloutId: 'run@1', step: 4 };
const asked = {
  ...{ environment: 'demo', service: 'shop', fence },
  fault: { type: 'latency', delayMs: 500, jitterMs: 0 } as const,
};

const observe = (facts: Partial<ServiceFacts>) => {
  const keepTracks = async () => ({ isAllowed: true, ...facts });
  const platform = { keepTracks } as unknown as TracksPlatform;
  const { observeTracks } = createTrackFaultActivities(platform);
  return new MockActivityEnvironment().run(() => observeTracks(asked));
};

it('a front that cannot be asked may have its fault still: nobody takes that for none', async () => {
  const tracks = { fence, isUnasked: true, troubles: ['pod belay-tracks-shop: no answer'] };
  await expect(observe({ tracks: tracks as unknown as TracksState })).rejects.toThrow(
    'the tracks could not be asked: pod belay-tracks-shop: no answer',
  );
});

it('tracks that have ended say why', async () => {
  expect(await observe({ ended: 'another release has been deployed: v2' })).toMatchObject({
    isTargetGone: true,
    detail: 'the tracks are gone: another release has been deployed: v2',
  });
});
