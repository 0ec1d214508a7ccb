import { describe, expect, it } from 'vitest';
import {
  clockEndsAt,
  resumeClock,
  startClock,
  stopClock,
} from '../../../src/policies/rollouts/hold-clock.ts';

describe("a hold's clock", () => {
  it('ends when the hold is over', () => {
    expect(clockEndsAt(startClock(600, 1000))).toBe(1600);
  });

  it('has no end while it is stopped, and runs the rest after it was resumed', () => {
    const stopped = stopClock(startClock(600, 1000), 1200);
    expect(clockEndsAt(stopped)).toBeUndefined();
    expect(stopped.leftMs).toBe(400);
    expect(clockEndsAt(resumeClock(stopped, 9000))).toBe(9400);
  });

  it('loses nothing over many pauses', () => {
    let clock = startClock(600, 0);
    for (const atMs of [100, 200, 300]) {
      clock = resumeClock(stopClock(clock, atMs), atMs + 50);
    }
    expect(clockEndsAt(clock)).toBe(750);
  });

  it('stays as it is when stopped or resumed twice', () => {
    const running = startClock(600, 0);
    const stopped = stopClock(running, 100);
    expect(stopClock(stopped, 500)).toBe(stopped);
    expect(resumeClock(running, 500)).toBe(running);
  });

  it('has nothing left when it is stopped late', () => {
    expect(stopClock(startClock(600, 0), 700).leftMs).toBe(0);
  });
});
