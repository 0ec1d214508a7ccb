import type { AlertResponse } from '../../../contracts/rollouts/alerts.ts';
import type { RunReport } from '../../../contracts/kernel/report.ts';
import { isRolloutReport } from '../../../contracts/rollouts/read-report.ts';
import type { PersonAct } from '../../../contracts/kernel/person-act.ts';

/**
 * One thing that somebody did, or that was done in nobody's name. Every field is always there, so
 * that exports keep their columns; new ones are added at the end.
 */
export interface AuditEntry {
  /** UTC, ISO 8601. */
  at: string;
  /** `start`, a verb, `deploy` (superseding), `cancel`, `end`, `alert` or `alertEnd`. */
  action: string;
  /** As they said it; `unknown`, or `belay` where it acted by its own judgement. */
  by: string;
  why: string | null;
  /** `accepted`, `ignored: why`, an outcome, or what was done about an alert. */
  result: string;
  environment: string | null;
  /** What the run was about; of a rollout, the service. */
  service: string | null;
  /** The release it was about. */
  version: string | null;
  /** Of the run; of a rollout: canary, blueGreen, rolling, recreate, rollback. */
  kind: string | null;
  /** The stage that was meant, by its weight in percent. */
  stage: number | null;
  /** The run's own ID, whatever its kind. */
  rolloutId: string | null;
  workflowId: string | null;
  runId: string | null;
}

export interface AuditFilter {
  sinceMs?: number;
  untilMs?: number;
  by?: string;
  service?: string;
  environment?: string;
}

const unknown = 'unknown';
const belay = 'belay';

/** Who did what, when and why, oldest first. */
export function auditTrail(
  reports: readonly RunReport[],
  responses: readonly AlertResponse[],
  filter: AuditFilter = {},
): AuditEntry[] {
  const dated = [...reports.flatMap(ofRun), ...responses.flatMap(ofAlert)];
  return dated
    .filter(({ atMs, entry }) => matchesFilter(atMs, entry, filter))
    .sort((a, b) => a.atMs - b.atMs)
    .map(({ entry }) => entry);
}

interface Dated {
  atMs: number;
  entry: AuditEntry;
}

function matchesFilter(atMs: number, entry: AuditEntry, filter: AuditFilter): boolean {
  const { sinceMs = -Infinity, untilMs = Infinity, by, service, environment } = filter;
  return (
    atMs >= sinceMs &&
    atMs <= untilMs &&
    (by === undefined || entry.by === by) &&
    (service === undefined || entry.service === service) &&
    (environment === undefined || entry.environment === environment)
  );
}

function ofRun(report: RunReport): Dated[] {
  const { subject, kind, runRef, workflowId, runId } = report;
  const about = {
    environment: subject.environment,
    service: subject.name,
    version: isRolloutReport(report) ? report.details.version : null,
    rolloutId: runRef,
    ...{ kind, workflowId, runId },
  };
  const dated = (atMs: number, entry: Done): Dated => ({
    atMs,
    entry: complete(atMs, { ...about, ...entry }),
  });
  return [
    dated(report.startedAtMs, {
      action: 'start',
      by: report.startedBy ?? unknown,
      why: report.startedWhy ?? null,
      result: 'accepted',
    }),
    ...report.people.map((act) => dated(act.atMs, said(act))),
    dated(report.endedAtMs, {
      action: 'end',
      by: belay,
      why: report.reason,
      result: report.outcome,
    }),
  ];
}

function said({ verb, by = unknown, why, stage, ignored }: PersonAct): Done {
  const result = ignored === undefined ? 'accepted' : `ignored: ${ignored}`;
  return { action: verb, by, why: why ?? null, stage: stage ?? null, result };
}

function ofAlert(response: AlertResponse): Dated[] {
  const { alert, alertId, decidedAtMs, ending } = response;
  const { environment = alert.subject.environment, service = alert.subject.service } = response;
  const about = {
    by: `alert ${alert.name}`,
    environment: environment ?? null,
    service: service ?? null,
    version: response.version ?? null,
    rolloutId: response.rolloutId ?? null,
    workflowId: alertId,
  };
  const { action: result, reason: why } = response;
  const judged = complete(decidedAtMs, { ...about, action: 'alert', why, result });
  if (ending === undefined) return [{ atMs: decidedAtMs, entry: judged }];
  const ended = complete(ending.endedAtMs, {
    ...about,
    ...(ending.rolloutId !== undefined && { rolloutId: ending.rolloutId }),
    action: 'alertEnd',
    why: ending.reason,
    result: ending.outcome,
  });
  return [
    { atMs: decidedAtMs, entry: judged },
    { atMs: ending.endedAtMs, entry: ended },
  ];
}

type Done = Pick<AuditEntry, 'action' | 'by' | 'why' | 'result'> & Partial<AuditEntry>;

function complete(atMs: number, done: Done): AuditEntry {
  return {
    at: new Date(atMs).toISOString(),
    action: done.action,
    by: done.by,
    why: done.why,
    result: done.result,
    environment: done.environment ?? null,
    service: done.service ?? null,
    version: done.version ?? null,
    kind: done.kind ?? null,
    stage: done.stage ?? null,
    rolloutId: done.rolloutId ?? null,
    workflowId: done.workflowId ?? null,
    runId: done.runId ?? null,
  };
}

/** The columns of an export, in their order. */
export const auditFields = Object.keys(
  complete(0, { action: '', by: '', why: null, result: '' }),
) as readonly (keyof AuditEntry)[];
