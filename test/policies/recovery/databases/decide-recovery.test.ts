import { describe, expect, it } from 'vitest';
import {
  decideRecovery,
  quietForMs,
} from '../../../../src/policies/recovery/databases/decide-recovery.ts';

const plan = { automatic: true, automaticAgainAfterMs: 3_600_000 };
const down = { verdict: 'down', why: 'its host saw it end', hasEnded: true } as const;

describe('what a watch does about a primary', () => {
  it('is nothing while it is alive, or not agreed upon yet', () => {
    for (const verdict of ['alive', 'unsettled'] as const) {
      expect(decideRecovery({ ...down, verdict }, plan, {}, 0)).toEqual({ act: 'watch' });
    }
  });

  it('is a failover where it is down and the plan says so', () => {
    expect(decideRecovery(down, plan, {}, 0)).toEqual({ act: 'fail-over' });
  });

  it('is a question where the plan leaves it to a person, or nobody can say', () => {
    expect(decideRecovery(down, { ...plan, automatic: false }, {}, 0).act).toBe('ask');
    for (const verdict of ['unknown', 'isolated'] as const) {
      expect(decideRecovery({ ...down, verdict }, plan, {}, 0).act).toBe('ask');
    }
  });

  it('is a restart in place first, and not twice within ten minutes', () => {
    const restarting = { ...plan, restartFirst: { withinMs: 10_000 } };
    expect(decideRecovery(down, restarting, {}, 0)).toEqual({ act: 'restart' });
    expect(decideRecovery(down, restarting, { restartedAtMs: 0 }, 599_999)).toEqual({
      act: 'fail-over',
    });
    expect(decideRecovery(down, restarting, { restartedAtMs: 0 }, 600_000)).toEqual({
      act: 'restart',
    });
    expect(decideRecovery({ ...down, hasEnded: false }, restarting, {}, 0).act).toBe('fail-over');
  });

  it('is a person’s for an hour after it failed over by itself', () => {
    expect(decideRecovery(down, plan, { failedOverAtMs: 0 }, 3_599_999)).toMatchObject({
      act: 'ask',
      why: expect.stringContaining('less than 1h ago: acknowledge that, or fail over') as string,
    });
    expect(decideRecovery(down, plan, { failedOverAtMs: 0 }, 3_600_000).act).toBe('fail-over');
  });
});

describe('agents that answer while people are asked about a primary', () => {
  const missed = { node: 'db-1', why: 'no agent answers', sinceMs: 0, hasEnded: false };

  it('are news at once, and more and more seldom where nothing came of that', () => {
    const quiet = [0, 1, 2, 3, 9].map((judgedAgain) =>
      quietForMs({ ...missed, judgedAgain }, 30_000),
    );
    expect(quiet).toEqual([0, 60_000, 120_000, 240_000, 600_000]);
    expect(quietForMs(missed, 30_000)).toBe(0);
  });
});
