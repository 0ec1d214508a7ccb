import type { IncidentFacts } from '../../../contracts/recovery/incident.ts';
import type { IncidentSpec } from '../../../specs/recovery/incident.ts';
import { nextEscalation, type EscalationAct } from './escalation.ts';

/** What the clock of an incident does next, if nobody does anything before. */
export type ClockAct =
  | { kind: 'escalate'; atMs: number; escalation: EscalationAct }
  /** The commander is reminded that an update is due. */
  | { kind: 'remind-of-update'; atMs: number }
  /** The update did not come: the escalation begins again. */
  | { kind: 'arm-again'; atMs: number }
  /** It is mitigated, and not resolved. */
  | { kind: 'remind-to-resolve'; atMs: number }
  | { kind: 'remind-of-postmortem'; atMs: number };

type Plan = Pick<IncidentSpec, 'escalation' | 'rules'>;

const dayMs = 86_400_000;
/** After the reminder, at most this long. */
const longestGraceMs = 15 * 60_000;

/** Everything is counted from what was recorded, so that it goes on exactly where it was. */
export function nextClockAct(facts: IncidentFacts, plan: Plan): ClockAct | undefined {
  const { phase, severity, escalation } = facts;
  switch (phase) {
    case 'unacknowledged':
    case 'overdue': {
      if (escalation === undefined) return undefined;
      const act = nextEscalation(plan, severity, escalation);
      return { kind: 'escalate', atMs: act.atMs, escalation: act };
    }
    case 'acknowledged':
      return nextOfUpdates(facts, plan.rules[severity].updateEveryMs);
    case 'mitigated':
      return {
        kind: 'remind-to-resolve',
        atMs: (facts.remindedAtMs ?? facts.updateSinceMs) + dayMs,
      };
    case 'resolved':
      return nextOfPostmortem(facts);
    case 'starting':
    case 'undoing':
    case 'undo-failed':
    case 'closed':
      return undefined;
  }
}

function nextOfUpdates(
  { updateSinceMs, updateRemindedAtMs }: IncidentFacts,
  everyMs: number,
): ClockAct {
  const dueAtMs = updateSinceMs + everyMs;
  if (updateRemindedAtMs === undefined) return { kind: 'remind-of-update', atMs: dueAtMs };
  return { kind: 'arm-again', atMs: dueAtMs + Math.min(everyMs, longestGraceMs) };
}

/** A day before, when it is due, and then daily. */
function nextOfPostmortem({
  postmortem,
  remindedAtMs,
  moments,
}: IncidentFacts): ClockAct | undefined {
  if (postmortem === undefined || postmortem.doneAtMs !== undefined) return undefined;
  const { dueAtMs } = postmortem;
  const resolvedAtMs = moments.resolved?.at(-1)?.recordedAtMs ?? 0;
  const last = remindedAtMs ?? resolvedAtMs;
  const first = last < dueAtMs - dayMs ? dueAtMs - dayMs : dueAtMs;
  return { kind: 'remind-of-postmortem', atMs: last < dueAtMs ? first : last + dayMs };
}
