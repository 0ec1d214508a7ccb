import { describe, expect, it } from 'vitest';
import { hoursAround, refuseHours } from '../../../src/policies/chaos/allowed-hours.ts';
import {
  chooseTargets,
  countOf,
  refuseRadius,
} from '../../../src/policies/chaos/choose-targets.ts';
import {
  extendAfterMs,
  firstLeaseFor,
  leaseFor,
  longestFaultMs,
} from '../../../src/policies/chaos/lease-plan.ts';

describe('the blast radius', () => {
  it('is a count, or a share rounded down, but never nobody', () => {
    expect(countOf({ count: 2 }, 5)).toBe(2);
    expect(countOf({ percent: 0.5 }, 5)).toBe(2);
    expect(countOf({ percent: 0.1 }, 5)).toBe(1);
  });

  it('is refused above the largest share, and says what to write', () => {
    const radius = { blastRadius: { count: 1 }, mostOfTarget: 0.5 };
    expect(refuseRadius(radius, 2)).toBeUndefined();
    expect(refuseRadius(radius, 1)).toBe(
      '1 of 1 would be hit, which is 100% of the target, more than 50%; write mostOfTarget: 100% if that is meant',
    );
    expect(refuseRadius({ ...radius, blastRadius: { count: 3 } }, 2)).toContain('there are 2');
  });

  it('chooses so many, each once', () => {
    const all = ['a', 'b', 'c', 'd'];
    expect(chooseTargets(all, 2, () => 0)).toEqual(['a', 'b']);
    expect(chooseTargets(all, 2, () => 0.999)).toEqual(['d', 'c']);
    expect(chooseTargets(all, 9, () => 0)).toEqual(all);
  });
});

describe('the allowed hours', () => {
  const nowMs = Date.UTC(2026, 10, 30, 10);
  const hourMs = 3_600_000;
  const window = { fromMs: nowMs - hourMs, untilMs: nowMs + hourMs };

  it('have to hold the whole fault', () => {
    expect(refuseHours([window], { nowMs, lengthMs: hourMs })).toBeUndefined();
    expect(refuseHours([window], { nowMs, lengthMs: 2 * hourMs })).toContain(
      'the allowed hours end at 2026-11-30 11:00 UTC',
    );
  });

  it('say when they begin', () => {
    const later = { fromMs: nowMs + hourMs, untilMs: nowMs + 9 * hourMs };
    expect(refuseHours([later], { nowMs, lengthMs: 1 })).toBe(
      'now is outside of the allowed hours; they begin at 2026-11-30 11:00 UTC',
    );
    expect(refuseHours([], { nowMs, lengthMs: 1 })).toBe('now is outside of the allowed hours');
    const { fromMs, untilMs } = hoursAround(nowMs, 1);
    expect(untilMs - fromMs).toBeGreaterThan(14 * 24 * hourMs);
  });
});

describe('the lease of a fault', () => {
  it('lasts a minute at most, and is extended in time', () => {
    expect(leaseFor(30_000)).toBe(40_000);
    expect(leaseFor(600_000)).toBe(60_000);
    expect(extendAfterMs(30_000, 40_000)).toBeUndefined();
    // The fault is looked for at the end, for a few seconds.
    expect(extendAfterMs(30_000, 37_999)).toBe(7_999);
    expect(extendAfterMs(600_000, 60_000)).toBe(20_000);
    expect(longestFaultMs(600_000)).toBe(660_000);
  });

  it('lasts while the others are injected, and is extended at once where that took long', () => {
    expect(firstLeaseFor(20_000, 0)).toBe(30_000);
    expect(firstLeaseFor(20_000, 2)).toBe(50_000);
    expect(extendAfterMs(20_000, 22_000)).toBe(0);
    expect(extendAfterMs(50_000, 45_000)).toBe(15_000);
  });
});
