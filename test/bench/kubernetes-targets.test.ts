import { expect, it } from 'vitest';
import type { CanariesFigures } from '../../bench/kubernetes/measure-canaries.ts';
import { missedTargets } from '../../bench/kubernetes/missed-targets.ts';
import { readPlan } from '../../bench/kubernetes/plan.ts';
import { healthyAtMs, sharesOf } from '../../bench/kubernetes/rollout-times.ts';

const times = (max: number) => ({ count: 1, p50: max, p99: max, max });

interface Run {
  at?: number;
  requests?: number;
  doneMs?: number;
  promoted?: number;
}

function canaries(run: Run): CanariesFigures {
  const { at = 200, requests = 30, doneMs = 60_000, promoted = at } = run;
  return {
    canaries: at,
    promoted,
    healthyMs: times(doneMs),
    doneMs: times(doneMs),
    requests: {
      untilHealthy: times(requests),
      untilDone: times(requests),
      byKind: {},
      lists: 9,
      watches: 9,
      others: [],
    },
    workerCpuSeconds: 1,
    apiServerCpuSeconds: 1,
    workerPeakMb: 1,
    shares: [],
    loadAverage: 1,
  };
}

const missedBy = (...all: CanariesFigures[]) => missedTargets({ canaries: all, real: [] });

it('misses nothing at exactly what is allowed', () => {
  expect(missedBy(canaries({}))).toEqual([]);
  const hold = { canaries: 20, heldMs: 60_000, requests: [], lists: 0, watches: 3 };
  expect(missedTargets({ canaries: [], real: [], hold })).toEqual([]);
});

it('misses a target by one request, a millisecond, or a canary that was not promoted', () => {
  expect(missedBy(canaries({ requests: 31 }))).toHaveLength(1);
  expect(missedBy(canaries({ doneMs: 60_001 }))).toHaveLength(1);
  expect(missedBy(canaries({ promoted: 199 }))).toHaveLength(1);
});

it('limits the time of 200 at once, not of fewer', () => {
  expect(missedBy(canaries({ at: 50, doneMs: 61_000 }))).toEqual([]);
});

it('misses the target of a hold by any request but a list or a watch', () => {
  const hold = {
    canaries: 20,
    heldMs: 60_000,
    requests: ['patch deployments shop-1'],
    lists: 0,
    watches: 0,
  };
  expect(missedTargets({ canaries: [], real: [], hold })).toEqual([
    expect.stringContaining('patch deployments shop-1'),
  ]);
});

it('lists the parts when one is misspelt', () => {
  const options: Record<string, string> = { floor: '1', counts: '1', holding: '1', hold: '1s' };
  const plan = (parts: string) =>
    readPlan((option) => ({ ...options, parts, qps: '', burst: '200' })[option] ?? '');
  expect(plan('hold,floor')).toMatchObject({
    parts: ['floor', 'hold'],
    settings: { BELAY_KUBERNETES_BURST: '200' },
  });
  expect(() => plan('floor,holds')).toThrow('floor, canaries, hold, real');
});

const second = (seconds: number) => ({ seconds: seconds as never, nanos: 0 });
const activity = (id: number, name: string, [scheduled, started, completed]: number[]) => [
  {
    eventId: id as never,
    eventTime: second(scheduled!),
    activityTaskScheduledEventAttributes: { activityType: { name } },
  },
  {
    eventId: (id + 1) as never,
    eventTime: second(started!),
    activityTaskStartedEventAttributes: { attempt: 2 },
  },
  {
    eventId: (id + 2) as never,
    eventTime: second(completed!),
    activityTaskCompletedEventAttributes: {
      scheduledEventId: id as never,
      startedEventId: (id + 1) as never,
    },
  },
];
const history = {
  events: [
    ...activity(1, 'setWeight', [1, 2, 4]),
    ...activity(4, 'setWeight', [5, 5, 6]),
    ...activity(7, 'awaitStableComplete', [6, 6, 9]),
  ],
};

it('knows from its history when a rollout was healthy, and that one never was', () => {
  expect(healthyAtMs(history)).toBe(9_000);
  const adopted = { events: activity(1, 'promoteCanary', [1, 2, 5]) };
  expect(healthyAtMs(adopted)).toBe(5_000);
  expect(healthyAtMs({ events: activity(1, 'setWeight', [1, 2, 4]) })).toBeUndefined();
});

it('adds up what a rollout waited and worked for each kind of act', () => {
  expect(sharesOf([history])[0]).toEqual({
    act: 'setWeight',
    waitedMs: 1_000,
    workedMs: 3_000,
    retries: 2,
  });
});
