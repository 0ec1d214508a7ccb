import type { Track } from '../../../../contracts/rollouts/traffic.ts';
import type { TrackSeries } from '../../../../contracts/rollouts/hold.ts';

/**
 * What a look without data means. `remove`: nothing, it is left out for its track. `zero`: the value
 * is 0, for what is only exported once it happened, such as errors (Kayenta calls it `replace`).
 */
export type MissingData = 'remove' | 'zero';

/** What a series must have to be judged. */
export interface DataNeeds {
  missing: MissingData;
  /** Values of each track. */
  leastValues: number;
  /** Highest share of a track's looks without data; where it is not taken as 0. */
  maxMissing: number;
}

export type Values = Record<Track, number[]>;

export function valuesOf(series: TrackSeries, missing: MissingData): Values {
  const ofTrack = (track: Track) =>
    missing === 'zero'
      ? series[track].map((value) => value ?? 0)
      : series[track].filter((value) => value !== null);
  return { canary: ofTrack('canary'), stable: ofTrack('stable') };
}

/** Looks of a track that had data. */
export function seenOf(series: TrackSeries, track: Track): number {
  return series[track].filter((value) => value !== null).length;
}

/** What a series lacks. That neither track ever had data is no zero: a misspelt query finds nothing too. */
export function gapOf(
  series: TrackSeries,
  { missing, leastValues, maxMissing }: DataNeeds,
): 'any-data' | 'covered-looks' | 'values' | undefined {
  const seen = [seenOf(series, 'canary'), seenOf(series, 'stable')];
  const samples = series.canary.length;
  if (Math.max(...seen) === 0) return 'any-data';
  if (missing === 'zero') return samples < leastValues ? 'values' : undefined;
  if ((samples - Math.min(...seen)) / samples > maxMissing) return 'covered-looks';
  return Math.min(...seen) < leastValues ? 'values' : undefined;
}
