import { minuteMs, type Minute } from '../../contracts/objectives/minute.ts';
import type { Objective } from '../../specs/objectives/objective.ts';

/** What a comparison needs of an objective. */
export type Compared = Pick<Objective, 'indicator' | 'comparison' | 'target' | 'within'>;

/** A share of requests as its indicator states it: of the bad ones for an error rate, else of the good ones. */
export function shareOf(
  { indicator }: Pick<Objective, 'indicator'>,
  { good, bad }: Pick<Minute, 'good' | 'bad'>,
): number {
  return (indicator === 'errorRate' ? bad : good) / (good + bad);
}

export function isMet({ comparison, target, within = 0 }: Compared, value: number): boolean {
  switch (comparison) {
    case 'atLeast':
      return value >= target;
    case 'atMost':
      return value <= target;
    case 'equal':
      return Math.abs(value - target) <= within * target;
  }
}

/** Whether a minute met the objective by itself; undefined: without requests, only a throughput is known. */
export function isGoodMinute(objective: Compared, minute: Minute): boolean | undefined {
  if (objective.indicator !== 'throughput') {
    return minute.good + minute.bad === 0
      ? undefined
      : isMet(objective, shareOf(objective, minute));
  }
  const perSecond = (minute.good + minute.bad) / ((minute.coverageMs || minuteMs) / 1_000);
  return isMet(objective, perSecond);
}
