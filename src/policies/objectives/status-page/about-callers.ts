import type { Objective } from '../../../specs/objectives/objective.ts';
import { budgetShare } from '../judge-objective.ts';

/** A throughput says nothing about those who called, so it counts only where there is nothing else. */
export function aboutCallers<Judged extends Pick<Objective, 'indicator' | 'comparison' | 'target'>>(
  all: readonly Judged[],
): readonly Judged[] {
  const own = all.filter((each) => budgetShare(each) !== undefined);
  return own.length > 0 ? own : all;
}
