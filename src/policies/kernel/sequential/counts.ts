import type { Counts, TrackCounts } from '../../../contracts/kernel/counted-evidence.ts';

export const noCounts: TrackCounts = { canary: { total: 0, bad: 0 }, stable: { total: 0, bad: 0 } };

export function addCounts(one: TrackCounts, other: TrackCounts): TrackCounts {
  return { canary: addTo(one.canary, other.canary), stable: addTo(one.stable, other.stable) };
}

/** Of the track's requests; 0 where there are none. */
export function badRate({ total, bad }: Counts): number {
  return total > 0 ? bad / total : 0;
}

export function addTo(one: Counts, other: Counts): Counts {
  return { total: one.total + other.total, bad: one.bad + other.bad };
}

/** What remains of it before the next look is added, so that the sum is of about the last `looks` looks. */
export function faded({ total, bad }: Counts, looks: number): Counts {
  const kept = 1 - 1 / Math.max(1, looks);
  return { total: total * kept, bad: bad * kept };
}
