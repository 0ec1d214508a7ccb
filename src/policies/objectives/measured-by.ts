import type { Objective } from '../../specs/objectives/objective.ts';

/** The same for two readings that may be subtracted from each other. */
export function measuredBy({
  indicator,
  belowMs,
  source,
}: Pick<Objective, 'indicator' | 'belowMs' | 'source'>): string {
  return JSON.stringify([indicator, belowMs ?? null, source]);
}
