import { Context } from '@temporalio/activity';

const startsMs = new WeakMap<Context, number>();

/**
 * Temporal's clock in milliseconds since the epoch, as workflows set deadlines by it: when this
 * attempt was scheduled, and the time since this was first called in it. A worker's own clock may
 * be minutes off.
 */
export function serverClock(context = Context.current()): () => number {
  const startMs = startsMs.get(context) ?? performance.now();
  startsMs.set(context, startMs);
  const { currentAttemptScheduledTimestampMs } = context.info;
  return () => Math.floor(currentAttemptScheduledTimestampMs + performance.now() - startMs);
}
