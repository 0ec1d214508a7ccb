import type { CountedRequests, Sample } from '../../../contracts/chaos/observation.ts';
import type { TrackCounts } from '../../../contracts/kernel/counted-evidence.ts';
import { addCounts, noCounts } from '../../kernel/sequential/counts.ts';

/** What was counted of two tracks: the experiment is held against the control as a canary against stable. */
export interface Counted {
  /** Samples that counted anything. */
  readings: number;
  counts: TrackCounts;
  /** From each sample to the next. */
  intervals: TrackCounts[];
  /** Requests that hang at the end, as if all of them were bad. */
  pending: TrackCounts;
  /** What only rises has fallen: the samples are not all of the same tracks, and say nothing. */
  hasFallen: boolean;
}

/** What both tracks answered from the first to the last of these samples, in whatever order they came. */
export function countedBetween(samples: readonly Sample[]): Counted {
  const readings = samples
    .flatMap(({ afterMs, counts }) => (counts === undefined ? [] : [{ afterMs, counts }]))
    .toSorted((one, other) => one.afterMs - other.afterMs);
  const intervals = readings.slice(1).flatMap(({ counts: after }, index): TrackCounts[] => {
    const before = readings[index]?.counts;
    if (before === undefined) return [];
    const between = (track: 'control' | 'experiment') => ({
      total: after[track].total - before[track].total,
      bad: after[track].bad - before[track].bad,
    });
    return [{ canary: between('experiment'), stable: between('control') }];
  });
  const last = readings.at(-1)?.counts;
  const hanging = ({ pending = 0 }: CountedRequests = noCounts.stable) => ({
    ...{ total: pending, bad: pending },
  });
  return {
    ...{ readings: readings.length, intervals },
    hasFallen: intervals.some(({ canary, stable }) =>
      [canary.total, stable.total].some((total) => total < 0),
    ),
    counts: intervals.reduce(addCounts, noCounts),
    pending: { canary: hanging(last?.experiment), stable: hanging(last?.control) },
  };
}
