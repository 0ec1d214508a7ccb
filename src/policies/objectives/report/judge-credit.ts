import type { Credit } from '../../../contracts/objectives/slo-report.ts';
import type { Standing } from '../../../contracts/objectives/standing.ts';
import type { CreditTier } from '../../../specs/objectives/objective.ts';
import { showShare } from '../objective-words.ts';

/**
 * What a contract gives back for a period: by the lowest tier that its value is below. Nothing is due
 * before the period is over, and nothing can be said where too little was measured.
 */
export function judgeCredit(
  tiers: readonly CreditTier[],
  standing: Pick<Standing, 'value' | 'verdict' | 'coverage' | 'tally'>,
  { isUnfinished, leastCoverage }: { isUnfinished: boolean; leastCoverage: number },
): Credit {
  const { value, verdict } = standing;
  if (isUnfinished) return { of: 'unknown', why: 'the period is not over' };
  if (value === undefined || verdict === 'insufficient') {
    return { of: 'unknown', why: whyUnknown(standing, leastCoverage) };
  }
  const missed = tiers
    .filter(({ below }) => value < below)
    .sort((one, other) => one.below - other.below);
  const [tier] = missed;
  return tier === undefined ? { of: 'none' } : { of: 'due', tier };
}

function whyUnknown(
  { value, coverage, tally }: Pick<Standing, 'value' | 'coverage' | 'tally'>,
  leastCoverage: number,
): string {
  if (value !== undefined && coverage >= leastCoverage) return 'there were too few requests';
  if (tally.idleMs > 0 && tally.idleMs === tally.noDataMs) return 'there were no requests';
  return `${showShare(coverage, Math.floor, 1)} of the time was measured, which is insufficient`;
}
