import { incidentSeverities, type IncidentSeverity } from '../../kinds/incident-words.ts';

/** When a postmortem is due after the end. */
export type PostmortemTerm = { days: number } | { businessDays: number };

/** What a severity demands. */
export interface SeverityRules {
  acknowledgeWithinMs: number;
  updateEveryMs: number;
  rtoMs?: number;
  rpoMs?: number;
  postmortem?: PostmortemTerm;
}

/** As people write what they change. */
interface ChangedRules {
  acknowledgeWithin?: number;
  updateEvery?: number;
  rto?: number;
  rpo?: number;
  postmortem?: PostmortemTerm | 'none';
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Whoever is affected wants to know how it stands, however severe it is. */
const updateEveryMs = 15 * minuteMs;

/** A SEV-1 is answered at once: whoever was notified first has five minutes before the next one is. */
const usual: Record<IncidentSeverity, SeverityRules> = {
  sev1: {
    acknowledgeWithinMs: 5 * minuteMs,
    updateEveryMs,
    rtoMs: hourMs,
    rpoMs: 5 * minuteMs,
    postmortem: { days: 3 },
  },
  sev2: {
    acknowledgeWithinMs: 15 * minuteMs,
    updateEveryMs,
    rtoMs: 4 * hourMs,
    rpoMs: 15 * minuteMs,
    postmortem: { businessDays: 5 },
  },
  sev3: {
    acknowledgeWithinMs: 2 * hourMs,
    updateEveryMs,
    rtoMs: 24 * hourMs,
    rpoMs: hourMs,
  },
  sev4: { acknowledgeWithinMs: 24 * hourMs, updateEveryMs },
};

export function severityRules(
  changed: Partial<Record<IncidentSeverity, ChangedRules>>,
): Record<IncidentSeverity, SeverityRules> {
  return Object.fromEntries(
    incidentSeverities.map((severity) => [
      severity,
      changedRules(usual[severity], changed[severity]),
    ]),
  ) as Record<IncidentSeverity, SeverityRules>;
}

function changedRules(
  { postmortem: usualTerm, ...rules }: SeverityRules,
  { acknowledgeWithin, updateEvery, rto, rpo, postmortem = usualTerm }: ChangedRules = {},
): SeverityRules {
  return {
    ...rules,
    ...(acknowledgeWithin !== undefined && { acknowledgeWithinMs: acknowledgeWithin }),
    ...(updateEvery !== undefined && { updateEveryMs: updateEvery }),
    ...(rto !== undefined && { rtoMs: rto }),
    ...(rpo !== undefined && { rpoMs: rpo }),
    ...(postmortem !== undefined && postmortem !== 'none' && { postmortem }),
  };
}
