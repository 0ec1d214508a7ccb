import { describe, expect, it } from 'vitest';
import type { ServiceFacts } from '../../../../src/contracts/chaos/service-tracks.ts';
import type { ExamineServiceCall } from '../../../../src/contracts/chaos/track-faults.ts';
import { judgeService } from '../../../../src/policies/chaos/tracks/judge-service.ts';

const call: ExamineServiceCall = {
  environment: 'demo',
  tracks: { service: 'shop', share: 0.1, mostRequests: 500, replicas: 1 },
  fault: { type: 'latency', delayMs: 200, jitterMs: 0 },
  ...{ steadyStateMs: 30_000, durationMs: 60_000 },
  hypothesis: [
    {
      name: 'quick',
      source: {
        ...{ of: 'slow', thanMs: 500 },
        test: { alpha: 0.01, tolerance: 1, effect: 5, power: 0.8 },
      },
      limits: { atMost: 0.02 },
    },
  ],
};

const nothing = {
  ...{ requests: 0, failed: 0, slower: [], openLonger: [], hanging: 0 },
  took: { sum: 0, squares: 0 },
};

const facts: ServiceFacts & { requests: number } = {
  ...{ isAllowed: true, requests: 1_000 },
  stable: { version: 'v1', wanted: 2, ready: 2, readyWithinMs: 30_000 },
};

const judge = (
  more: Partial<ExamineServiceCall> = {},
  { perSecond = 60, ...after }: Partial<ServiceFacts> & { perSecond?: number } = {},
) =>
  judgeService(
    { ...call, ...more },
    {
      ...{ before: facts, betweenMs: 2_000 },
      after: { ...facts, requests: facts.requests + 2 * perSecond, ...after },
    },
  );

describe('a service that is to have two tracks', () => {
  it('may have them where they can be compared within the budget', () => {
    expect(judge()).toEqual({
      what: 'v1, 2 of 2 replicas are ready, 60 requests/s',
      refusals: [],
    });
  });

  it.each<[string, Parameters<typeof judge>, string[]]>([
    [
      'without leave, while others work on it, with every reason',
      [
        {},
        {
          ...{ isAllowed: false, owner: 'rollout/demo/shop' },
          stable: { version: 'v1', wanted: 2, ready: 1, readyWithinMs: 1 },
        },
      ],
      ['does not allow experiments', 'rollout/demo/shop owns it', 'only 1 of 2 replicas'],
    ],
    [
      'beside the tracks that an earlier run has left, which is named',
      [
        {},
        {
          tracks: {
            ...{ fence: { rolloutId: 'chaos/demo/old@1', step: 1 }, version: 'v1', share: 0.1 },
            ...{ isRouted: true, wanted: 1, ready: { control: 1, experiment: 1 }, troubles: [] },
            boundsMs: [],
            tallies: {
              control: nothing,
              experiment: nothing,
            },
          },
        },
      ],
      ['an earlier experiment is there: two tracks of v1 (of run chaos/demo/old@1)'],
    ],
    ['that nobody asks', [{}, { perSecond: 0 }], ['it gets no requests']],
    [
      'where the plan disturbs more than it may',
      [{ tracks: { ...call.tracks, mostRequests: 300 } }],
      [
        'about 438 requests would be disturbed (10 % of 60 requests/s for 1m, and for 13s in which it is looked for), more than mostRequests: 300',
      ],
    ],
    [
      'by the time until the fault is seen alone, where the plan disturbs more than it may',
      [{ tracks: { ...call.tracks, mostRequests: 400 } }],
      ['about 438 requests would be disturbed'],
    ],
    [
      'to crash, where it has no processes',
      [
        { fault: { type: 'crash' } },
        { stable: { version: 'v1', wanted: 2, ready: 2, readyWithinMs: 1, inProcess: true } },
      ],
      ['its replicas are no processes, so that none can be hit by crash'],
    ],
    [
      'where its requests are too few to see a fault, or to compare',
      [{}, { perSecond: 2 }],
      [
        'about 2 requests in 10s',
        'quick: steadyState of 30s has about 6 requests for each track',
        'quick: duration of 1m has about 12 requests for each track',
      ],
    ],
    [
      'where too few errors would be there to be seen',
      [{ fault: { type: 'error', share: 0.05 } }],
      ['the fault would meet about 3 requests in 10s'],
    ],
  ])('has none %s', (_, given, expected) => {
    const { refusals } = judge(...given);
    expect(refusals).toHaveLength(expected.length);
    expected.forEach((part, index) => expect(refusals[index]).toContain(part));
    expect(refusals.every((each) => each.startsWith('demo/shop: '))).toBe(true);
  });

  const onKubernetes = (more: Partial<ServiceFacts> = {}, share = 0.1) => {
    const kubernetes = { namespace: 'web', service: 'shop' };
    const { requests: _, ...known } = facts;
    const seen = { ...known, ...more };
    return judgeService(
      { ...call, tracks: { ...call.tracks, kubernetes, share } },
      { before: seen, after: seen, betweenMs: 1 },
    );
  };

  it('may have them on Kubernetes, where nobody counts its requests before', () => {
    expect(onKubernetes()).toEqual({ what: 'v1, 2 of 2 replicas are ready', refusals: [] });
  });

  it('has none on Kubernetes with obstacles, a share that no pod of Belay would get, and without leave', () => {
    const { refusals } = onKubernetes({ isAllowed: false, obstacles: ['it is headless'] }, 0.2);
    expect(refusals).toEqual([
      'demo/shop: its pods do not allow experiments; give all of them the label belay.dev/chaos: allowed',
      'demo/shop: it is headless',
      'demo/shop: the pod of Belay gets as many requests as each of the 2 pods of stable, of which each track gets half at most: write share: 16.6% or less',
    ]);
  });

  it('has none where the platform does not know it', () => {
    const { refusals } = judgeService(call, { before: undefined, after: undefined, betweenMs: 1 });
    expect(refusals).toEqual(['the local platform has no service shop in demo']);
  });
});
