import type { CampaignExperiment, ChaosCampaignSpec } from '../../../specs/chaos/campaign-spec.ts';

/** An experiment of a campaign at one of its times. Times count from the beginning of the campaign. */
export interface Occurrence {
  /** Which of `experiments`. */
  index: number;
  dueMs: number;
  /** When the same experiment is due again. Absent: this is its last time. */
  nextDueMs?: number;
}

type Planned = Pick<ChaosCampaignSpec, 'experiments' | 'pauseMs' | 'lastsMs'>;

/** How long an experiment takes at least, without its recovery: that comes after the fault. */
export function lengthOf({
  experiment: { steadyStateMs, durationMs },
}: Pick<CampaignExperiment, 'experiment'>): number {
  return steadyStateMs + durationMs;
}

/**
 * When each experiment is due: the first time one after the other, in their order, then each again by
 * its own clock. Of two that are due at once, the first in the list is the first.
 */
export function planOccurrences({ experiments, pauseMs, lastsMs }: Planned): Occurrence[] {
  let firstMs = 0;
  return experiments
    .flatMap((each, index) => {
      const sinceMs = firstMs;
      firstMs += lengthOf(each) + pauseMs;
      return repeat(index, sinceMs, each.repeatEveryMs, lastsMs);
    })
    .toSorted((one, other) => one.dueMs - other.dueMs || one.index - other.index);
}

function repeat(
  index: number,
  firstMs: number,
  everyMs: number | undefined,
  lastsMs = Infinity,
): Occurrence[] {
  if (firstMs >= lastsMs) return [];
  if (everyMs === undefined || lastsMs === Infinity) return [{ index, dueMs: firstMs }];
  const count = Math.ceil((lastsMs - firstMs) / everyMs);
  return Array.from({ length: count }, (_, time): Occurrence => {
    const dueMs = firstMs + time * everyMs;
    return { index, dueMs, ...(time < count - 1 && { nextDueMs: dueMs + everyMs }) };
  });
}
