import type {
  CampaignProgress,
  CampaignRow,
  CampaignScore,
} from '../../../contracts/chaos/campaign-details.ts';
import type { Occurrence } from './plan-occurrences.ts';

export interface CampaignFacts {
  /** Absent: it has not begun. */
  sinceMs?: number;
  plan: readonly Occurrence[];
  /** The name of each experiment, by its index. */
  names: readonly string[];
  rows: readonly Pick<CampaignRow, 'outcome'>[];
  score: CampaignScore;
  isUnderWay: boolean;
  /** Nothing more begins. */
  isOver: boolean;
}

/** How far a campaign has come, and what follows. */
export function progressOf(facts: CampaignFacts): CampaignProgress {
  const { sinceMs, plan, names, rows, score, isUnderWay, isOver } = facts;
  const ended: Record<string, number> = {};
  for (const { outcome } of rows) ended[outcome] = (ended[outcome] ?? 0) + 1;
  const nameOf = (occurrence: Occurrence | undefined) =>
    occurrence === undefined ? undefined : names[occurrence.index];
  const underWay = isUnderWay ? nameOf(plan[rows.length]) : undefined;
  const following = plan[rows.length + (isUnderWay ? 1 : 0)];
  const next = isOver ? undefined : nameOf(following);
  return {
    ...{ planned: plan.length, ended, score },
    ...(underWay !== undefined && { underWay }),
    ...(next !== undefined &&
      following !== undefined &&
      sinceMs !== undefined && { next: { experiment: next, dueAtMs: sinceMs + following.dueMs } }),
  };
}
