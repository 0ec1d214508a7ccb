import { describe, expect, it } from 'vitest';
import {
  heartbeatEveryMs,
  watchHeartbeatTimeoutMs,
  watchRetryMs,
} from '../../../src/policies/rollouts/watch-heartbeat.ts';

describe('the heartbeats of a hold', () => {
  it.each([
    [30_000, 27_000, 21_600],
    [150_000, 147_000, 117_600],
  ])(
    'with a blind time of %i ms time out after %i and come every %i',
    (blindMs, timeoutMs, everyMs) => {
      expect(watchHeartbeatTimeoutMs(blindMs)).toBe(timeoutMs);
      expect(heartbeatEveryMs(blindMs)).toBeCloseTo(everyMs);
      expect(timeoutMs + watchRetryMs).toBeLessThan(blindMs);
    },
  );

  it('never time out faster than a server can tell', () => {
    expect(watchHeartbeatTimeoutMs(500)).toBe(1000);
  });
});
