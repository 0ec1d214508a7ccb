import type { Ledger, LedgerActivities } from '../src/contracts/ledger.ts';

export function createLedgerActivities(ledger: Ledger): LedgerActivities {
  return { appendReport: (report) => ledger.append(report) };
}
