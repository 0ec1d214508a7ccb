import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlatformError } from '../../../../src/contracts/rollouts/platform.ts';
import { HeldCanary, minute, second, threshold } from './held-canary.ts';

let canary: HeldCanary;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) });
  canary = await HeldCanary.start();
});

afterEach(() => {
  vi.useRealTimers();
});

/** 1000 requests per second, of which the canary gets 20 %. */
const requestsPerMinute = 12_000;

describe('the watch of a hold', () => {
  it('passes a healthy canary at the deadline, not earlier', async () => {
    const { verdict, progress } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'pass',
      reasons: ['error-rate passed 10 of 10 measurements'],
    });
    expect(canary.elapsedMs).toBe(10 * minute);
    expect(progress.canaryRequests).toBe(10 * requestsPerMinute);
  });

  it('measures first when a full interval of traffic is there, and at the deadline only once', async () => {
    const { progress } = await canary.watch();
    expect(canary.measuredAtMs).toEqual(Array.from({ length: 11 }, (_, i) => i * minute));
    expect(progress.measurements.map(({ requests }) => requests)).toEqual(
      Array.from({ length: 10 }, () => requestsPerMinute),
    );
  });

  it('fails at once with the failure past the limit', async () => {
    canary.platform.traffic.errorRates['v2'] = 0.05;
    const { verdict, progress } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'fail',
      reasons: ['error-rate failed 3 measurements; last: 5 % is outside at most 1 %'],
    });
    expect(canary.elapsedMs).toBe(3 * minute);
    expect(progress.canaryErrors).toBe(1800);
  });

  it('tolerates failures within the limit', async () => {
    canary.at(0, () => (canary.platform.traffic.errorRates['v2'] = 0.05));
    canary.at(2 * minute - second, () => (canary.platform.traffic.errorRates['v2'] = 0));
    const { verdict, progress } = await canary.watch();
    expect(verdict.kind).toBe('pass');
    expect(progress.tallies['error-rate']).toEqual({ passed: 9, failed: 1, noData: 0 });
  });

  it('is inconclusive at the deadline when the canary was silent', async () => {
    canary.platform.traffic.requestsPerSecond = 0;
    const { verdict } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'inconclusive',
      reasons: [
        'error-rate had data for 0 of the 5 intervals it needs: the canary received no requests',
      ],
    });
    expect(canary.elapsedMs).toBe(10 * minute);
  });

  it('passes by time alone without analysis, and reads no metrics', async () => {
    const { verdict } = await canary.watch({ analysis: { mode: 'none' } });
    expect(verdict).toEqual({ kind: 'pass', reasons: ['analysis: none'] });
    expect(canary.measuredAtMs).toEqual([]);
    expect(canary.heartbeats.length).toBeLessThan(200);
  });

  it('judges the traffic of a hold up to its very end, however late its measurements come', async () => {
    const { verdict, progress } = await canary.watch(
      { deadlineMs: canary.beganAtMs + 5 * minute },
      undefined,
      300,
    );
    expect(verdict.kind).toBe('pass');
    const afterBaselineMs = canary.elapsedMs - (canary.measuredAtMs[0] ?? 0);
    expect(progress.canaryRequests).toBe(
      Math.round((afterBaselineMs / minute) * requestsPerMinute),
    );
  });

  it('leaves no slice of a hold too short to judge: the last interval takes it in', async () => {
    canary.advance(20 * second);
    await canary.watch({ deadlineMs: canary.beganAtMs + 5 * minute + 40 * second });
    expect(canary.measuredAtMs.map((ms) => ms / second)).toEqual([20, 80, 140, 200, 260, 340]);
  });

  it('asks no more often when the clock of the platform runs behind', async () => {
    const { readTraffic } = canary.platform;
    canary.platform.readTraffic = async (ref) => {
      const snapshot = await readTraffic(ref);
      return { ...snapshot, takenAtMs: snapshot.takenAtMs - 5 * minute };
    };
    const { verdict } = await canary.watch();
    expect(verdict.kind).toBe('pass');
    expect(canary.measuredAtMs).toHaveLength(11);
  });
});

describe('a watch that takes over from one that died', () => {
  async function untilKilledAt(ms: number) {
    canary.at(ms, () => {
      throw new Error('SIGKILL');
    });
    await expect(canary.watch()).rejects.toThrow('SIGKILL');
    const last = canary.heartbeats.at(-1);
    if (last === undefined) throw new Error('no heartbeat came');
    return last;
  }

  it('goes on with what its heartbeat knew and counts the traffic of the gap, once', async () => {
    const known = await untilKilledAt(3.5 * minute);
    canary.advance(4 * minute);
    const { verdict, progress } = await canary.watch({}, known);
    expect(verdict).toEqual({ kind: 'pass', reasons: ['error-rate passed 7 of 7 measurements'] });
    expect(progress.canaryRequests).toBe(10 * requestsPerMinute);
    expect(progress.coveredIntervals['error-rate']).toBeCloseTo(10);
  });

  it('goes on from an old heartbeat as well, without counting anything twice', async () => {
    await untilKilledAt(3.5 * minute);
    const old = canary.heartbeats.find(({ measurements }) => measurements.length === 1);
    const { progress } = await canary.watch({}, old);
    expect(progress.canaryRequests).toBe(10 * requestsPerMinute);
  });

  it('remembers the failures', async () => {
    canary.platform.traffic.errorRates['v2'] = 0.05;
    const known = await untilKilledAt(2.5 * minute);
    expect(known.tallies['error-rate']?.failed).toBe(2);
    const { verdict } = await canary.watch({}, known);
    expect(verdict.kind).toBe('fail');
    expect(canary.elapsedMs).toBe(3 * minute);
  });

  it('judges at once when the deadline passed meanwhile', async () => {
    const known = await untilKilledAt(8.5 * minute);
    canary.advance(5 * minute);
    const { verdict, progress } = await canary.watch({}, known);
    expect(verdict.kind).toBe('pass');
    expect(progress.canaryRequests).toBe(13.5 * requestsPerMinute);
    expect(canary.elapsedMs).toBe(13.5 * minute);
  });

  it('measures nothing more when only the verdict was lost', async () => {
    const { progress } = await canary.watch();
    const again = await canary.watch({}, progress);
    expect(again.verdict.kind).toBe('pass');
    expect(again.progress).toEqual(progress);
  });

  it('is inconclusive when nobody watched at all', async () => {
    canary.advance(11 * minute);
    const { verdict } = await canary.watch();
    expect(verdict.kind).toBe('inconclusive');
  });
});

describe('a target in trouble during a hold', () => {
  it('is lost when no replica was ready at two looks in a row', async () => {
    canary.at(2 * minute + second, () => {
      canary.setReady(false);
    });
    const { verdict } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'fail',
      reasons: ['the canary is lost: 0 of 2 replicas ready'],
    });
    expect(canary.elapsedMs).toBe(2 * minute + 20 * second);
  });

  it('is not lost when it was unready only briefly, twice', async () => {
    const unready = () => {
      canary.setReady(false);
    };
    const ready = () => {
      canary.setReady(true);
    };
    canary.between(minute + second, minute + 12 * second, unready, ready);
    canary.between(minute + 21 * second, minute + 32 * second, unready, ready);
    expect((await canary.watch()).verdict.kind).toBe('pass');
  });

  it('fails at once when the rollout no longer owns the service', async () => {
    canary.at(2 * minute + second, () => {
      canary.forget();
    });
    const { verdict } = await canary.watch();
    expect(verdict.reasons).toEqual([
      'this rollout no longer owns the service: it is owned by nobody',
    ]);
    expect(canary.elapsedMs).toBe(2 * minute + 10 * second);
  });

  it('asks a person when someone changed the weight', async () => {
    canary.at(2 * minute + second, () => {
      canary.changeWeight(50);
    });
    const { verdict } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'inconclusive',
      reasons: ["the canary's weight is 50 %, not 20 %: someone changed it"],
    });
  });

  it('never passes when someone changed the weight just before the deadline', async () => {
    canary.at(10 * minute - second, () => {
      canary.changeWeight(0);
    });
    expect((await canary.watch()).verdict.kind).toBe('inconclusive');
  });

  it('is no verdict while the platform is away for a while; its gap is measured afterwards', async () => {
    canary.away(2.5 * minute, 5.5 * minute);
    const { verdict, progress } = await canary.watch();
    expect(verdict.kind).toBe('pass');
    expect(progress.canaryRequests).toBe(10 * requestsPerMinute);
    expect(progress.consecutiveErrors).toBe(0);
  });

  it('is inconclusive when the platform stays away past the error limit', async () => {
    canary.away(2.5 * minute, 60 * minute);
    const { verdict } = await canary.watch();
    expect(verdict).toEqual({
      kind: 'inconclusive',
      reasons: ['the metric source did not answer 5 times in a row: connection refused'],
    });
    expect(canary.elapsedMs).toBe(7 * minute);
  });

  it('is inconclusive when the platform was away from the start', async () => {
    canary.away(0, 60 * minute);
    canary.advance(second);
    const patient = { ...threshold, consecutiveErrorLimit: 100 };
    const { verdict } = await canary.watch({ analysis: patient });
    expect(verdict.kind).toBe('inconclusive');
  });
});

describe('a watch while a person is waited for', () => {
  it('says nothing about silence before its own end', async () => {
    canary.away(minute, 20 * minute);
    const { verdict } = await canary.watch({ failuresOnly: true });
    expect(verdict.kind).toBe('inconclusive');
    expect(canary.elapsedMs).toBe(10 * minute);
  });

  it('says nothing about a changed weight before its own end', async () => {
    canary.at(minute, () => {
      canary.changeWeight(50);
    });
    await canary.watch({ failuresOnly: true });
    expect(canary.elapsedMs).toBe(10 * minute);
  });

  it('goes on when the platform refuses to answer, so that no watch follows another without end', async () => {
    canary.platform.readService = () =>
      Promise.reject(new PlatformError('unauthorized', 'the token is wrong'));
    await canary.watch({ failuresOnly: true });
    expect(canary.elapsedMs).toBe(10 * minute);
  });

  it('ends at once when the canary fails', async () => {
    canary.platform.traffic.errorRates['v2'] = 0.05;
    const { verdict } = await canary.watch({ failuresOnly: true });
    expect(verdict.kind).toBe('fail');
    expect(canary.elapsedMs).toBe(3 * minute);
  });
});

describe('the heartbeats of a watch', () => {
  it('carry the baseline from the first on, and come as often as asked for', async () => {
    await canary.watch();
    expect(canary.heartbeats[0]?.baseline?.takenAtMs).toBe(canary.beganAtMs);
    expect(canary.heartbeats.length).toBeGreaterThanOrEqual((10 * minute) / (7 * second));
  });
});
