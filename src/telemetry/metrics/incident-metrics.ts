import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { RunReport } from '../../contracts/kernel/report.ts';
import type { IncidentReport } from '../../contracts/recovery/incident.ts';
import { recoveryKinds } from '../../kinds/recovery.ts';
import type { IncidentMoment } from '../../kinds/incident-words.ts';
import { momentOf } from '../../policies/recovery/incidents/moments.ts';

const hour = 3_600;
const seconds = [60, 300, 900, 1_800, hour, 2 * hour, 4 * hour, 12 * hour, 24 * hour, 72 * hour];
const { kind: incidentKind } = recoveryKinds.incident;

export interface OpenIncidentLabels {
  environment: string;
  name: string;
  severity: string;
  phase: string;
}

/** What one worker exports of incidents: those that are open, and how it went with those that it closed. */
export class IncidentMetrics {
  readonly #open;
  readonly #timeTo;
  readonly #escalations;
  readonly #updatesOverdue;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['severity'];
    this.#open = new Gauge({
      name: 'belay_incident_open',
      help: '1 for each open incident, the same from every worker.',
      labelNames: ['environment', 'name', 'severity', 'phase'],
      registers,
    });
    const histogram = (what: string, help: string) =>
      new Histogram({
        name: `belay_incident_time_to_${what}_seconds`,
        help: `From the detection of a resolved incident until ${help}.`,
        ...{ labelNames, buckets: seconds, registers },
      });
    this.#timeTo = {
      ack: histogram('acknowledge', 'somebody acknowledged it'),
      mitigated: histogram('mitigate', 'users did not suffer any more'),
      resolved: histogram('resolve', 'it was over'),
    } satisfies Partial<Record<IncidentMoment, Histogram>>;
    this.#escalations = new Counter({
      name: 'belay_incident_escalations_total',
      help: 'Levels of closed incidents that were notified after the first one.',
      ...{ labelNames, registers },
    });
    this.#updatesOverdue = new Counter({
      name: 'belay_incident_updates_overdue_total',
      help: 'Updates of closed incidents that did not come although the commander was reminded.',
      ...{ labelNames, registers },
    });
  }

  /** Replaces all series that were set before. */
  showOpen(incidents: readonly OpenIncidentLabels[]): void {
    this.#open.reset();
    for (const { environment, name, severity, phase } of incidents) {
      this.#open.set({ environment, name, severity, phase }, 1);
    }
  }

  closed(report: RunReport): void {
    if (!isIncident(report)) return;
    const { severity, moments, escalations = 0, updatesOverdue = 0 } = report.details;
    this.#escalations.inc({ severity }, escalations);
    this.#updatesOverdue.inc({ severity }, updatesOverdue);
    const detectedAtMs = momentOf(moments, 'detect');
    // A false alarm was not worked on until its end.
    if (report.outcome !== 'Resolved' || detectedAtMs === undefined) return;
    for (const [moment, histogram] of Object.entries(this.#timeTo)) {
      const atMs = momentOf(moments, moment as IncidentMoment);
      if (atMs === undefined) continue;
      histogram.observe({ severity }, Math.max(0, atMs - detectedAtMs) / 1_000);
    }
  }
}

/** One that could not be started has no moments. */
function isIncident(report: RunReport): report is IncidentReport {
  const { moments } = report.details as Partial<IncidentReport['details']>;
  return report.kind === incidentKind && moments !== undefined;
}
