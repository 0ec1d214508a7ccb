import { describe, expect, it } from 'vitest';
import type {
  ServiceFacts,
  TrackFaultState,
} from '../../../../src/contracts/chaos/service-tracks.ts';
import { judgeTrackFault } from '../../../../src/policies/chaos/tracks/judge-track-fault.ts';
import { trackBounds } from '../../../../src/policies/chaos/tracks/track-bounds.ts';
import type { TrackFault } from '../../../../src/specs/chaos/fault.ts';

const run = 'chaos/demo/one@1';
const lease = { rolloutId: run, step: 5 };
const latency: TrackFault = { type: 'latency', delayMs: 200, jitterMs: 50 };
const boundsMs = trackBounds(latency, []);

/** How many, and how many of them were late or failed; each took so long on average, and so much more or less. */
type Hit = [requests: number, hit: number, meanMs?: number, spreadMs?: number];

function factsWith(
  fault: TrackFault,
  hits: { experiment: Hit; control: Hit },
  more: Partial<TrackFaultState> = {},
): ServiceFacts {
  const tally = ([requests, hit, meanMs = 0, spreadMs = 0]: Hit) => ({
    ...{ requests, hanging: 0, openLonger: [0] },
    failed: fault.type === 'error' ? hit : 0,
    slower: fault.type === 'error' ? [0] : [hit],
    took: { sum: requests * meanMs, squares: requests * (meanMs ** 2 + spreadMs ** 2) },
  });
  const since = { experiment: tally(hits.experiment), control: tally(hits.control) };
  return {
    ...{ isAllowed: true, requests: 0 },
    tracks: {
      ...{ fence: { rolloutId: run, step: 1 }, version: 'v1', share: 0.1, isRouted: true },
      ...{ wanted: 1, ready: { control: 1, experiment: 1 }, troubles: [], boundsMs },
      ...{ tallies: since, fault: { fence: lease, fault, disturbed: 9, since, ...more } },
    },
  };
}

const seen = (...[fault, ...more]: Parameters<typeof factsWith>) =>
  judgeTrackFault(factsWith(fault, ...more), lease, fault);

describe('what requests show of a fault of the experiment track', () => {
  it('is there where they are late, and those of the control are not', () => {
    expect(seen(latency, { experiment: [9, 9], control: [11, 0] })).toEqual({
      ...{ isEffective: true, isThere: true, isTargetRunning: true, disturbed: 9 },
      detail:
        '100 % of 9 requests of the experiment took more than 149ms, 0 % of 11 of the control',
    });
  });

  it.each<[string, TrackFault, { experiment: Hit; control: Hit }]>([
    ['nothing is late, whatever the router says', latency, { experiment: [9, 0], control: [9, 0] }],
    ['both are as late', latency, { experiment: [9, 9], control: [9, 8] }],
    ['it was there for a part of the time', latency, { experiment: [90, 40], control: [90, 0] }],
    ['there are two requests', latency, { experiment: [2, 2], control: [2, 0] }],
    ['nothing fails', { type: 'error', share: 0.3 }, { experiment: [40, 0], control: [40, 0] }],
    ['both fail', { type: 'error', share: 0.3 }, { experiment: [40, 12], control: [40, 12] }],
  ])('is not effective where %s', (_, fault, hits) => {
    expect(seen(fault, hits)).toMatchObject({ isEffective: false, isThere: true });
  });

  it('is effective with fewer failures than written, as chance has it', () => {
    const hits: { experiment: Hit; control: Hit } = { experiment: [40, 5], control: [40, 1] };
    expect(seen({ type: 'error', share: 0.2 }, hits)).toMatchObject({ isEffective: true });
  });

  it('is seen in a service that takes longer than the delay without it', () => {
    const hits: { experiment: Hit; control: Hit } = {
      experiment: [40, 40, 500, 60],
      control: [40, 38, 310, 60],
    };
    const shown = seen(latency, hits);
    expect(shown).toMatchObject({ isEffective: true });
    expect(shown.detail).toMatch(/95 % of 40 of the control; on average 500ms and 310ms$/);
  });

  it.each<[string, { experiment: Hit; control: Hit }]>([
    ['it is hardly later', { experiment: [40, 40, 350, 60], control: [40, 38, 310, 60] }],
    ['that may be chance', { experiment: [40, 40, 500, 900], control: [40, 38, 310, 900] }],
    ['there are two requests', { experiment: [2, 2, 500, 0], control: [40, 38, 310, 60] }],
  ])('is not seen in such a service where %s', (_, hits) => {
    expect(seen(latency, hits)).toMatchObject({ isEffective: false, isThere: true });
  });

  it('is seen in a service most of whose requests fail without it', () => {
    const error: TrackFault = { type: 'error', share: 0.3 };
    const failing: { experiment: Hit; control: Hit } = {
      ...{ experiment: [1_000, 860], control: [1_000, 800] },
    };
    expect(seen(error, failing)).toMatchObject({ isEffective: true });
    const all: typeof failing = { experiment: [40, 40], control: [40, 40] };
    expect(seen(error, all)).toMatchObject({ isEffective: false });
  });

  it('is over where it has disturbed as many as it may', () => {
    const hits: { experiment: Hit; control: Hit } = { experiment: [9, 9], control: [9, 0] };
    const over = seen(latency, hits, { ended: 'budget' });
    // All that was to be hit was hit: nobody says that no probe saw it.
    expect(over).toMatchObject({ isEffective: true, isThere: false });
    const unseen: typeof hits = { experiment: [9, 0], control: [9, 0] };
    expect(seen(latency, unseen, { ended: 'budget' })).toMatchObject({ isEffective: false });
    expect(seen(latency, hits, { ended: 'lease' })).toMatchObject({ isEffective: false });
    expect(over.detail).toMatch(/^it ended with 9 requests, as many as it may disturb; /);
  });

  it.each<[TrackFault['type'], 'running' | 'stopped' | 'gone', object]>([
    ['freeze', 'stopped', { isEffective: true, isThere: true }],
    ['freeze', 'running', { isEffective: false, isThere: false }],
    ['crash', 'gone', { isEffective: true, isThere: false }],
    ['crash', 'running', { isEffective: false, isThere: false }],
  ])('of a replica (%s) is what the kernel says: %s', (type, state, expected) => {
    const hits: { experiment: Hit; control: Hit } = { experiment: [9, 0], control: [9, 0] };
    const replica = { name: 'shop-5-1', pid: 7, state };
    const fault = { type } as TrackFault;
    expect(seen(fault, hits, { replica })).toMatchObject(expected);
    // Whatever the router says of its end.
    expect(seen(fault, hits, { replica, ended: 'removed' })).toMatchObject(expected);
  });

  it('is gone with the tracks, and with a platform that was started again', () => {
    const none = { isAllowed: true, requests: 0 };
    expect(judgeTrackFault(none, lease, latency)).toMatchObject({
      ...{ isEffective: false, isThere: false, isTargetGone: true },
    });
    expect(judgeTrackFault(undefined, lease, latency)).toMatchObject({ isThere: false });
  });
});
