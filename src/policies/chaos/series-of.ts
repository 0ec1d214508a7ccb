import type { HypothesisMetric } from '../../specs/chaos/metric.ts';
import { isTrackSource } from '../../specs/chaos/track-source.ts';
import type { Window } from './judge-window.ts';
import { measure } from './measure.ts';

/** A report keeps so many for each metric and window, however long that is. */
const mostParts = 30;

/**
 * The course of each metric through a window: its value in each of so many parts that are as long as
 * each other, or `null` where the samples of a part say nothing.
 */
export function seriesOf(
  hypothesis: readonly HypothesisMetric[],
  { samples, lengthMs, everyMs }: Window,
): Record<string, (number | null)[]> {
  const parts = Math.min(mostParts, Math.max(1, Math.floor(lengthMs / everyMs)));
  const partOf = (afterMs: number) =>
    Math.min(parts - 1, Math.max(0, Math.floor((afterMs / lengthMs) * parts)));
  return Object.fromEntries(
    hypothesis.map(({ name, source }) => {
      const own = samples[name] ?? [];
      const values = Array.from({ length: parts }, (_, part) => {
        const inPart = own.filter(({ afterMs }) => partOf(afterMs) === part);
        // What tracks have counted since the part before belongs to this one.
        const before = own.findLast(({ afterMs }) => partOf(afterMs) < part);
        const counted =
          isTrackSource(source) && before !== undefined ? [before, ...inPart] : inPart;
        const { value } = measure(source, counted);
        return value === undefined ? null : Number(value.toPrecision(4));
      });
      return [name, values];
    }),
  );
}
