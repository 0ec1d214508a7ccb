import type { Ledger } from '../../src/contracts/kernel/ledger.ts';
import type { IncidentActivities, RunAround } from '../../src/contracts/recovery/incident.ts';
import { shorten } from '../../src/policies/kernel/notifications/bounded-text.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';

/** How an incident freezes what it is about. */
export type IncidentFreezes = Pick<IncidentActivities, 'freezeForIncident' | 'thawForIncident'>;

const mostAround = 50;
const longestReason = 300;

export function createIncidentActivities(
  ledger: Pick<Ledger, 'list'>,
  freezes: IncidentFreezes,
): IncidentActivities {
  return {
    ...freezes,
    readAround: async ({ environment, fromMs }) => {
      const reports = await ledger.list({ environment, sinceMs: fromMs, limit: mostAround });
      return reports.map(runAround);
    },
  };
}

function runAround(report: RunReport): RunAround {
  const { runRef, workflowId, runId, family, kind, outcome, reason, startedBy } = report;
  const { startedAtMs, endedAtMs } = report;
  return {
    ...{ runRef, workflowId, runId, family, kind, outcome, startedAtMs, endedAtMs },
    reason: shorten(reason, longestReason),
    ...(startedBy !== undefined && { startedBy }),
  };
}
