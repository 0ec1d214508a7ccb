import { Context } from '@temporalio/activity';
import type { Observation, WatchOrder } from '../../../src/contracts/chaos/observation.ts';
import { whileHeartbeating } from '../../kernel/support/heartbeating.ts';
import { watchSamples, type Ask, type WatchProgress } from './watch-samples.ts';

/** Nobody waits longer for a watch to begin. More is a clock that is ahead. */
const latestBeginMs = 10_000;

/**
 * Watches as an activity: its heartbeats carry what was sampled, and another attempt goes on from there. Where its run
 * cancels it, it is told what was sampled until it hears of that.
 */
export async function watchAttempt(order: WatchOrder, ask: Ask): Promise<Observation> {
  const context = Context.current();
  const before = context.info.heartbeatDetails as WatchProgress | undefined;
  const sinceAskedMs = Date.now() - context.info.scheduledTimestampMs;
  const beganLateMs = before === undefined ? Math.min(latestBeginMs, sinceAskedMs) : 0;
  let last = before;
  return whileHeartbeating(
    () =>
      watchSamples(order, ask, {
        pause: (ms) => context.sleep(ms),
        isEndedByRun: () => context.cancellationDetails?.cancelRequested === true,
        beganLateMs: Math.max(0, beganLateMs),
        before,
        onProgress: (progress) => (last = progress),
      }),
    () => last,
  );
}
