import type { IncidentReport, IncidentStatus } from '../../contracts/recovery/incident.ts';
import type { RunReport } from '../../contracts/kernel/report.ts';
import { workflowIdOf, type Lock } from '../../kinds/locks.ts';
import type { PostmortemSource } from '../../render/recovery/render-postmortem.ts';
import type { Connections } from '../connections.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { readKnownRun } from '../runs/known-run.ts';

export interface KnownIncident extends PostmortemSource {
  /** Absent where it is closed. */
  status?: IncidentStatus;
  /** Absent while it is open. */
  report?: IncidentReport;
}

/** An open incident as it stands, or a closed one by its report: the last one, or the one that is named. */
export async function readIncident(
  run: Lock,
  runRef: string | undefined,
  to: Connections,
): Promise<KnownIncident> {
  const workflowId = workflowIdOf(run, run);
  if (runRef !== undefined) {
    const [report] = await to.ledger.list({ runRef, limit: 1 });
    if (report?.workflowId === workflowId && isClosedIncident(report)) return ofReport(report);
  }
  const known = await readKnownRun(run, to);
  if (known.run !== undefined && (runRef === undefined || known.run.runRef === runRef)) {
    return ofStatus(known.run);
  }
  const { end } = known;
  if (end?.kind === 'report' && isClosedIncident(end.report)) {
    if (runRef === undefined || end.report.runRef === runRef) return ofReport(end.report);
  }
  const ended = end?.kind === 'unreported' ? ` The last one ${end.state}: ${end.reason}.` : '';
  throw new CliFailure(
    exitCodes.badInput,
    `There is no report of ${workflowId}${runRef === undefined ? '' : ` with the ID ${runRef}`}.${ended} ` +
      'See what there is with: belay incident list --all',
  );
}

export function isClosedIncident(report: RunReport): report is IncidentReport {
  return report.kind === 'incident' && 'timeline' in (report.details as object);
}

function ofReport(report: IncidentReport): KnownIncident {
  const { subject, workflowId, runId, runRef, details } = report;
  return { subject, workflowId, runId, runRef, incident: details, report };
}

function ofStatus(status: IncidentStatus): KnownIncident {
  const { subject, workflowId, runId, runRef, incident, objectives = [] } = status;
  if (incident === undefined) {
    throw new CliFailure(
      exitCodes.unreachable,
      `${workflowId} was declared just now, and no worker has taken it up yet. Try again.`,
    );
  }
  return { subject, workflowId, runId, runRef, status, incident: { ...incident, objectives } };
}
