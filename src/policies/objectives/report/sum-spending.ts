import type { ReportedSpending } from '../../../contracts/objectives/slo-report.ts';
import { spendingCauses, type Spending } from '../../../contracts/objectives/spending.ts';

const mostRuns = 5;

/**
 * Who spent the bad requests of a period, which they add up to. What nobody was charged with is unknown.
 * Rows of earlier versions charge excluded requests as well, which belong to no budget: everybody's share is
 * then smaller by as much.
 */
export function sumSpending(spending: readonly Spending[], bad: number): ReportedSpending[] {
  const charged = spending.reduce((sum, each) => sum + each.bad, 0);
  const factor = charged > bad ? bad / charged : 1;
  const sums = spendingCauses.map((cause) => {
    const own = spending.filter((each) => each.cause === cause);
    const sum = own.reduce((total, each) => total + each.bad, 0);
    return { cause, bad: Math.floor(sum * factor), runs: worstRuns(own, factor) };
  });
  const known = sums.reduce((sum, each) => sum + (each.cause === 'unknown' ? 0 : each.bad), 0);
  return sums
    .map((each) => (each.cause === 'unknown' ? { ...each, bad: bad - known } : each))
    .filter((each) => each.bad > 0);
}

function worstRuns(spending: readonly Spending[], factor: number): ReportedSpending['runs'] {
  const runs = new Map<string, number>();
  for (const { runRef, bad } of spending) {
    if (runRef !== undefined) runs.set(runRef, (runs.get(runRef) ?? 0) + bad);
  }
  return [...runs]
    .map(([runRef, bad]) => ({ runRef, bad: Math.floor(bad * factor) }))
    .sort((one, other) => other.bad - one.bad)
    .slice(0, mostRuns);
}
