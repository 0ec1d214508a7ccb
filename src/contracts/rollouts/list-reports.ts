import type { Ledger, LedgerFilter } from '../kernel/ledger.ts';
import { isRolloutReport } from './read-report.ts';
import type { RolloutReport } from './report.ts';

export interface RolloutFilter extends Pick<LedgerFilter, 'sinceMs' | 'limit' | 'each' | 'runRef'> {
  service?: string;
  environment?: string;
}

/** Rollouts that have ended, newest first. */
export async function listReports(
  ledger: Ledger,
  { service, ...filter }: RolloutFilter = {},
): Promise<RolloutReport[]> {
  const named = service === undefined ? {} : { name: service };
  const reports = await ledger.list({ ...filter, ...named, family: 'rollouts' });
  return reports.filter(isRolloutReport);
}
