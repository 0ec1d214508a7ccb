import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { StruckReplica } from '../../../src/local-platform/experiments/struck-replica.ts';
import { InjectedFault } from '../../../src/local-platform/experiments/injected-fault.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const inject = (more: Partial<InjectedFault['order']> = {}, replica?: StruckReplica) =>
  new InjectedFault(
    {
      fence: { rolloutId: 'chaos/demo/one', step: 5 },
      fault: { type: 'latency', delayMs: 200, jitterMs: 50 },
      ...{ forMs: 1_000, durationMs: 10_000, mostRequests: 100 },
      ...more,
    },
    [150],
    replica,
  );

describe('a fault of the experiment track', () => {
  it('ends by itself when nobody extends its lease', async () => {
    const fault = inject();
    const { ended } = fault.disturb();
    vi.advanceTimersByTime(999);
    expect([fault.isThere(), ended?.aborted]).toEqual([true, false]);
    vi.advanceTimersByTime(2);
    expect([fault.isThere(), ended?.aborted]).toEqual([false, true]);
    expect(await fault.state()).toMatchObject({ ended: 'lease', disturbed: 1 });
  });

  it('ends by itself also where its timer is early by a part of a millisecond', () => {
    const { ended } = inject().disturb();
    const now = performance.now.bind(performance);
    const early = vi.spyOn(performance, 'now').mockImplementation(() => now() - 1.5);
    vi.advanceTimersByTime(1_001);
    early.mockRestore();
    expect(ended?.aborted).toBe(false);
    // No request comes that would ask whether it is there.
    vi.advanceTimersByTime(5);
    expect(ended?.aborted).toBe(true);
  });

  it('lasts as long as it is extended, and never longer than its time and a minute', () => {
    const fault = inject();
    for (let seconds = 0; seconds < 69; seconds += 1) {
      fault.extend(60_000);
      vi.advanceTimersByTime(1_000);
    }
    expect(fault.isThere()).toBe(true);
    fault.extend(60_000);
    vi.advanceTimersByTime(1_001);
    expect(fault.isThere()).toBe(false);
  });

  it('lets the replica that it has stopped go on, once, however it ends', () => {
    const release = vi.fn();
    const replica = { release, state: () => Promise.reject(new Error('nobody asks')) };
    const fault = inject({ fault: { type: 'freeze' } }, replica);
    vi.advanceTimersByTime(1_001);
    fault.end('removed');
    expect(release).toHaveBeenCalledTimes(1);
  });

  it('ends with the last request that it may disturb', async () => {
    const fault = inject({ mostRequests: 3 });
    const disturbed = [fault.disturb(), fault.disturb(), fault.disturb()];
    expect(disturbed.map(({ ended }) => ended?.aborted)).toEqual([true, true, undefined]);
    expect([fault.isThere(), (await fault.state()).ended]).toEqual([false, 'budget']);
  });

  it('waits for each request more or less as long as was written', () => {
    const waits = Array.from({ length: 200 }, () => inject().disturb().waitMs);
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(150);
    expect(Math.max(...waits)).toBeLessThanOrEqual(250);
    expect(Math.max(...waits) - Math.min(...waits)).toBeGreaterThan(50);
  });

  it('refuses the share of requests that was written', () => {
    const fault = inject({ fault: { type: 'error', share: 0.3 }, mostRequests: 10_000 });
    const refused = Array.from({ length: 2_000 }, () => fault.disturb().isRefused).filter(Boolean);
    expect(refused.length / 2_000).toBeGreaterThan(0.25);
    expect(refused.length / 2_000).toBeLessThan(0.35);
  });
});
