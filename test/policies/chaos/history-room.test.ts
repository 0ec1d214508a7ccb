import { describe, expect, it } from 'vitest';
import { refuseLength, removalPauseMs } from '../../../src/policies/chaos/history-room.ts';
import {
  recoveryPauseMs,
  recoverySamplesEveryMs,
  recoveryWindowMs,
} from '../../../src/policies/chaos/recovery-window.ts';
import { keptForMs } from '../../../src/policies/chaos/tracks/track-times.ts';
import { longestFaultMs } from '../../../src/policies/chaos/lease-plan.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** What a sample of two tracks takes, and how many metrics are compared. */
const mostBytes = 130;
const mostMetrics = 6;
/** What the server takes in one payload, and in one history. */
const mostBytesOfOne = 2 ** 21;
const mostBytesOfAll = 50 * 2 ** 20;

/** What the server takes in one history. */
const mostEvents = 51_200;
const eventsOfRemoval = 14;
const eventsOfExtension = 6;
const extendedEveryMs = 20_000;

/** Where no agent answers until the very end. */
function eventsOf(targets: number, durationMs: number): number {
  const extensions = Math.ceil(durationMs / extendedEveryMs);
  let polls = 0;
  for (let afterMs = 0; afterMs < longestFaultMs(durationMs) + 30_000; polls += 1) {
    afterMs += removalPauseMs(afterMs, targets - 1);
  }
  return targets * (extensions * eventsOfExtension + polls * eventsOfRemoval);
}

describe('the history of an experiment', () => {
  it.each([
    [10, 60 * minuteMs],
    [40, 15 * minuteMs],
    [100, 6 * minuteMs],
    [100, minuteMs],
  ])('of %d targets for %d ms has room, although no agent answers', (targets, durationMs) => {
    expect(refuseLength(targets, durationMs)).toBeUndefined();
    expect(eventsOf(targets, durationMs)).toBeLessThan(mostEvents / 1.25);
  });

  it('has no room for so many targets for so long, which is refused', () => {
    expect(refuseLength(11, 60 * minuteMs)).toBe(
      '11 targets for 1h are more than a run can watch, 10h all in all: write a shorter duration, of 54m at most, or a smaller blastRadius',
    );
  });

  it('has room for a recovery that takes a day, of as many targets as there can be', () => {
    for (const targets of [1, 10, 100]) {
      for (const next of [
        (sinceMs: number) => recoveryPauseMs({ sinceMs, targets }),
        (sinceMs: number) => recoveryWindowMs({ sinceMs, targets }, { everyMs: 100, answerMs: 0 }),
      ]) {
        let events = 0;
        for (let sinceMs = 0; sinceMs < 24 * 60 * minuteMs; sinceMs += next(sinceMs)) {
          events += targets * 6 + 10;
        }
        expect(events).toBeLessThan(mostEvents / 2);
      }
    }
  });

  it('has room for a day in which two tracks are looked at often enough to be kept', () => {
    let events = 0;
    const next = (sinceMs: number) => recoveryPauseMs({ sinceMs, targets: 1 }, keptForMs(1_000));
    for (let sinceMs = 0; sinceMs < dayMs; sinceMs += next(sinceMs)) events += 16;
    expect(events).toBeLessThan(mostEvents / 1.25);
  });

  it.each([100, 1_000, minuteMs])(
    'has room for the samples of a recovery that takes a day, every %d ms at first',
    (everyMs) => {
      let samples = 0;
      for (let sinceMs = 0; sinceMs < dayMs;) {
        const lengthMs = recoveryWindowMs({ sinceMs, targets: 1 }, { everyMs, answerMs: 0 });
        const own = lengthMs / recoverySamplesEveryMs(everyMs, lengthMs);
        expect(own * mostMetrics * mostBytes).toBeLessThan(mostBytesOfOne / 2);
        samples += own;
        sinceMs += lengthMs;
      }
      expect(samples * mostMetrics * mostBytes).toBeLessThan(mostBytesOfAll / 1.25);
    },
  );

  it('looks soon at first, and seldom later', () => {
    expect(removalPauseMs(0, 0)).toBe(2_000);
    expect(removalPauseMs(20_000, 0)).toBe(2_000);
    expect(removalPauseMs(600_000, 0)).toBe(60_000);
    expect(removalPauseMs(0, 49)).toBe(10_000);
  });
});
