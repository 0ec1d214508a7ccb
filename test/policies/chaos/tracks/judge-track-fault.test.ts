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

type Hit = [requests: number, hit: number];

function factsWith(
  fault: TrackFault,
  hits: { experiment: Hit; control: Hit },
  more: Partial<TrackFaultState> = {},
): ServiceFacts {
  const tally = ([requests, hit]: Hit) => ({
    requests,
    failed: fault.type === 'error' ? hit : 0,
    slower: fault.type === 'error' ? [0] : [hit],
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

  it('is over where it has disturbed as many as it may', () => {
    const hits: { experiment: Hit; control: Hit } = { experiment: [9, 9], control: [9, 0] };
    const over = seen(latency, hits, { ended: 'budget' });
    expect(over).toMatchObject({ isEffective: false, isThere: false });
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
