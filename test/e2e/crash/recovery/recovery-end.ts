import type { RunReport } from '../../../../src/contracts/kernel/report.ts';
import type { IncidentFacts } from '../../../../src/contracts/recovery/incident.ts';
import type { RunEnd } from '../struck-end.ts';
import { untilNone } from '../until-none.ts';
import type { RecoveryScenario } from './recovery-scenarios.ts';
import type { RecoverySite } from './recovery-site.ts';

export interface RecoveryEnd extends RunEnd {
  done: { steps: string[]; undo: string[]; people: string[]; source: object; incident: object };
}

export async function readRecoveryEnd(
  site: RecoverySite,
  { kind, requests }: RecoveryScenario,
  report: RunReport,
): Promise<RecoveryEnd> {
  const wrong = await untilNone(() => site.leftovers(kind));
  const sent = new Set(site.outside.idsOf('/route'));
  if (sent.size !== requests) {
    wrong.push(`${sent.size} different requests have arrived, and not ${requests}`);
  }
  const messages = site.outside.idsOf('/people');
  const twice = messages.filter((id, index) => messages.indexOf(id) !== index);
  wrong.push(...twice.map((id) => `message ${id} has come twice`));
  return {
    ...{ outcome: report.outcome, reason: report.reason },
    done: {
      steps: (report.steps ?? []).map(({ name, state }) => `${name}: ${state}`),
      undo: report.undo.map(({ name, state }) => `${name}: ${state}`),
      // Whoever is asked to look because an act was lost lets it be tried again.
      people: report.people.map(({ verb }) => verb).filter((verb) => verb !== 'retry'),
      source: await site.read(),
      incident: kind === 'incident' ? incidentIn(report.details as IncidentFacts) : {},
    },
    wrong,
  };
}

function incidentIn(facts: IncidentFacts): object {
  const { phase, severity, roles, acknowledgedBy, escalations, freezes, postmortem } = facts;
  return {
    ...{ phase, severity, roles, acknowledgedBy, escalations, freezes },
    timeline: facts.timeline.map(({ text, by }) => `${by ?? 'belay'}: ${text}`),
    moments: Object.entries(facts.moments).map(([name, versions]) => [name, versions.length]),
    written: postmortem?.doneBy,
  };
}
