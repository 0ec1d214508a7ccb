import type { TrackFault } from '../../../specs/chaos/fault.ts';
import type { HypothesisMetric } from '../../../specs/chaos/metric.ts';
import { isTrackSource } from '../../../specs/chaos/track-source.ts';

/** A request that was delayed took longer than this. */
export function delayedFromMs({
  delayMs,
  jitterMs,
}: Extract<TrackFault, { type: 'latency' }>): number {
  // Timers may be a millisecond early. Of the widest jitter, three quarters are above the half.
  return Math.max(delayMs - jitterMs - 1, delayMs / 2);
}

/** What requests of tracks are counted by: all that is slow to somebody, rising. */
export function trackBounds(fault: TrackFault, hypothesis: readonly HypothesisMetric[]): number[] {
  const delayed = fault.type === 'latency' ? delayedFromMs(fault) : undefined;
  const slow = hypothesis.flatMap(({ source }) =>
    isTrackSource(source) && source.of === 'slow' ? [source.thanMs] : [],
  );
  const all = new Set([...(delayed === undefined ? [] : [delayed]), ...slow]);
  return [...all].toSorted((one, other) => one - other);
}
