import type { MetricVerdict } from '../../contracts/chaos/details.ts';
import type { Sample } from '../../contracts/chaos/observation.ts';
import type { HypothesisMetric } from '../../specs/chaos/metric.ts';
import { isTrackSource } from '../../specs/chaos/track-source.ts';
import type { Window } from './judge-window.ts';
import { measure, measureControl } from './measure.ts';

/** A report keeps so many for each metric and window, however long that is. */
const mostParts = 30;

type Series = (number | null)[];

/**
 * The course of each metric through a window: its value in each of so many parts that are as long as
 * each other, or `null` where the samples of a part say nothing.
 */
export function seriesOf(
  hypothesis: readonly HypothesisMetric[],
  window: Window,
): Record<string, Series> {
  return Object.fromEntries(
    hypothesis.map(({ name, source }) => {
      const own = window.samples[name] ?? [];
      const counts = isTrackSource(source);
      return [name, inParts(own, { ...window, counts }, (part) => measure(source, part).value)];
    }),
  );
}

/** The same of the control, of those metrics that compare two tracks. */
export function controlOf(
  hypothesis: readonly HypothesisMetric[],
  window: Window,
): Record<string, NonNullable<MetricVerdict['control']>> {
  const compared = hypothesis.filter(({ source }) => isTrackSource(source));
  return Object.fromEntries(
    compared.map(({ name }) => {
      const own = window.samples[name] ?? [];
      const value = measureControl(own);
      const series = inParts(own, { ...window, counts: true }, measureControl);
      return [name, { ...(value !== undefined && { value }), series }];
    }),
  );
}

function inParts(
  samples: readonly Sample[],
  { lengthMs, everyMs, counts }: Omit<Window, 'samples'> & { counts: boolean },
  valueOf: (part: readonly Sample[]) => number | undefined,
): Series {
  const parts = Math.min(mostParts, Math.max(1, Math.floor(lengthMs / everyMs)));
  const partOf = (afterMs: number) =>
    Math.min(parts - 1, Math.max(0, Math.floor((afterMs / lengthMs) * parts)));
  return Array.from({ length: parts }, (_, part) => {
    const inPart = samples.filter(({ afterMs }) => partOf(afterMs) === part);
    // What tracks have counted since the part before belongs to this one.
    const before = samples.findLast(({ afterMs }) => partOf(afterMs) < part);
    const value = valueOf(counts && before !== undefined ? [before, ...inPart] : inPart);
    return value === undefined ? null : Number(value.toPrecision(4));
  });
}
