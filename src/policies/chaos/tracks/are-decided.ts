import type { ObservedMetric, Samples } from '../../../contracts/chaos/observation.ts';
import { isTrackSource } from '../../../specs/chaos/track-source.ts';
import { isWorse, type TrackMetric } from './judge-tracks.ts';

/** Whether more samples of two tracks change nothing: they are gone or, with `endsWorse`, one is worse. */
export function areDecided(
  metrics: readonly ObservedMetric[],
  samples: Samples,
  endsWorse: boolean,
): boolean {
  const comparing = metrics.flatMap(({ name, source, limits = {} }): TrackMetric[] =>
    isTrackSource(source) ? [{ name, source, limits }] : [],
  );
  return comparing.some((metric) => {
    const own = samples[metric.name] ?? [];
    return (
      own.some(({ areGone }) => areGone) || (endsWorse && isWorse(metric, own, comparing.length))
    );
  });
}
