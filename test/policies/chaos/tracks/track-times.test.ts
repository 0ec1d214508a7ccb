import { expect, test } from 'vitest';
import {
  recoveryPauseMs,
  recoveryWindowMs,
} from '../../../../src/policies/chaos/recovery-window.ts';
import { keptForMs, longestTracksMs } from '../../../../src/policies/chaos/tracks/track-times.ts';

const minuteMs = 60_000;
const spec = { steadyStateMs: 30_000, everyMs: 1_000, durationMs: 30_000 };

test.each([5, 60, 120, 360, 1_440])(
  'no pause and no window of a recovery within %d minutes is longer than tracks are kept',
  (minutes) => {
    const recoverWithinMs = minutes * minuteMs;
    const facts = { sinceMs: recoverWithinMs, targets: 1 };
    const keptMs = keptForMs(spec.everyMs);
    expect(recoveryPauseMs(facts, keptMs)).toBeLessThan(keptMs / 2);
    const asked = { everyMs: spec.everyMs, answerMs: 10_000, comparedMs: spec.steadyStateMs };
    const neededMs =
      spec.steadyStateMs + spec.durationMs + recoverWithinMs + recoveryWindowMs(facts, asked);
    expect(longestTracksMs({ ...spec, recoverWithinMs })).toBeGreaterThan(neededMs + minuteMs);
  },
);
