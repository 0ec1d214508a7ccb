import type { PermitRequest } from './change-control.ts';

/** What error budgets say about a run that is about to start. */
export interface BudgetAnswer {
  /** Why it may not start; absent: it may. */
  refusal?: string;
  /** For its report: an override, or that nobody knows. */
  notes: string[];
}

/** Asked before a permit is. Never fails: a monitor that does not work stops nobody, and the notes say so. */
export type AskBudgets = (
  environment: string,
  request: Pick<PermitRequest, 'family' | 'kind' | 'scopes' | 'override'>,
) => Promise<BudgetAnswer>;
