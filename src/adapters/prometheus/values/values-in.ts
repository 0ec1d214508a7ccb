import type { Track } from '../../../contracts/rollouts/traffic.ts';
import type { Result, PrometheusSeries } from '../client/answer.ts';

/** The values of the tracks in a result, or why the requested track has no value. */
export interface Values {
  values?: Partial<Record<Track, number>>;
  reason?: string;
}

/** A single sample belongs to the requested track; several are assigned by their label `track`. */
export function valuesIn(result: Result, asked: Track): Values {
  if (result.kind === 'scalar') return finite({ [asked]: result.sample.value }, asked);
  if (result.kind === 'string') return { reason: 'the query returns a string, not a number' };
  if (result.kind === 'matrix') {
    return { reason: 'the query returns a range of samples; apply rate or another function to it' };
  }
  const { series } = result;
  if (series.length === 0) return { reason: 'the query returns no series' };
  if (series.some(({ hasHistograms }) => hasHistograms)) {
    return {
      reason:
        'the query returns a native histogram, not a number; apply histogram_quantile, histogram_count or another function to it',
    };
  }
  const byTrack = byTrackLabel(series);
  if (byTrack) return finite(byTrack, asked);
  const [only] = series;
  if (series.length === 1 && only) return finite({ [asked]: newest(only) }, asked);
  return { reason: `the query returns ${series.length} series; aggregate it` };
}

/** Undefined unless every series has a different track. */
function byTrackLabel(
  series: readonly PrometheusSeries[],
): Partial<Record<Track, number>> | undefined {
  const tracks = series.map(({ labels }) => labels['track']);
  const known = tracks.filter((track) => track === 'stable' || track === 'canary');
  if (new Set(known).size < series.length) return undefined;
  return Object.fromEntries(series.map((each, i) => [tracks[i], newest(each)])) as Partial<
    Record<Track, number>
  >;
}

function newest({ samples }: PrometheusSeries): number {
  return samples.at(-1)?.value ?? NaN;
}

function finite(all: Partial<Record<Track, number>>, asked: Track): Values {
  const values = Object.fromEntries(
    Object.entries(all).filter(([, value]) => Number.isFinite(value)),
  ) as Partial<Record<Track, number>>;
  if (values[asked] !== undefined) return { values };
  const reason =
    all[asked] === undefined
      ? `the query returns no series of the ${asked}`
      : `the query returns ${all[asked]}`;
  return { values, reason };
}
