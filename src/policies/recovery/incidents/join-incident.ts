import type { IncidentFacts } from '../../../contracts/recovery/incident.ts';
import type { IncidentSeverity } from '../../../kinds/incident-words.ts';
import { armEscalation } from './escalation.ts';
import { formatUtc } from './format-utc.ts';
import { keepAlert } from './keep-alerts.ts';
import { momentOf } from './moments.ts';
import { changeSeverity, worseOf } from './severity.ts';
import { addEntry } from './timeline.ts';

/** A declaration that finds the incident open. */
export interface Joining {
  atMs: number;
  by: string;
  summary: string;
  severity?: IncidentSeverity;
  requestId?: string;
  alert?: string;
  detectedAtMs?: number;
}

export interface Joined {
  facts: IncidentFacts;
  /** The declaration that started it, or one that was taken in before. */
  isKnown: boolean;
  /** It was mitigated or resolved, and is not any more. */
  hasRecurred: boolean;
}

const keptRequests = 200;

/** Takes a declaration in, once: by its request, and by its alert for as long as that fires. */
export function joinIncident(facts: IncidentFacts, joining: Joining): Joined {
  const { atMs, by, summary, severity = facts.severity, requestId, alert } = joining;
  const isSameRequest = requestId !== undefined && facts.requests.includes(requestId);
  const known = facts.alerts.find(({ id }) => id === alert);
  if (isSameRequest || (known !== undefined && known.endedAtMs === undefined)) {
    return { facts, isKnown: true, hasRecurred: false };
  }
  let joined: IncidentFacts = {
    ...facts,
    requests: [...facts.requests, ...(requestId === undefined ? [] : [requestId])].slice(
      -keptRequests,
    ),
    ...(alert !== undefined &&
      keepAlert(facts, { id: alert, sinceMs: joining.detectedAtMs ?? atMs })),
  };
  const what = alert === undefined ? 'declared again' : `alert ${alert} joined`;
  joined = addEntry(joined, {
    ...(joining.detectedAtMs !== undefined && { happenedAtMs: joining.detectedAtMs }),
    ...{ recordedAtMs: atMs, by, text: `${what}: ${summary}`, isMilestone: true },
  });
  if (facts.alertsLeftOut === undefined && joined.alertsLeftOut !== undefined) {
    const text = `more than ${joined.alerts.length} alerts fire: it is not resolved by its alerts any more`;
    joined = addEntry(joined, { recordedAtMs: atMs, by, text, isMilestone: true });
  }
  joined = changeSeverity(joined, worseOf(severity, facts.severity), { atMs, by });
  if (facts.phase !== 'mitigated' && facts.phase !== 'resolved') {
    return { facts: joined, isKnown: false, hasRecurred: false };
  }
  return { facts: begunAgain(joined, { atMs, by }), isKnown: false, hasRecurred: true };
}

/** What was over when it began again does not count any more; the timeline keeps it. */
const ofTheEnd = ['mitigated', 'writeOk', 'trafficOk', 'resolved'] as const;

function begunAgain(
  facts: IncidentFacts,
  { atMs, by }: { atMs: number; by: string },
): IncidentFacts {
  const { remindedAtMs: _, postmortem: __, acknowledgedBy: ___, ...rest } = facts;
  const { mitigated: _m, writeOk: _w, trafficOk: _t, resolved: _r, ...moments } = facts.moments;
  const dropped = ofTheEnd.flatMap((moment) => {
    const happenedAtMs = momentOf(facts.moments, moment);
    return happenedAtMs === undefined ? [] : [`${moment} ${formatUtc(happenedAtMs)}`];
  });
  const again: IncidentFacts = {
    ...rest,
    moments,
    ...{ phase: 'unacknowledged', escalation: armEscalation(atMs), updateSinceMs: atMs },
  };
  const forgotten = dropped.length === 0 ? '' : `; not counted any more: ${dropped.join(', ')}`;
  return addEntry(again, {
    ...{ recordedAtMs: atMs, by, text: `it was ${facts.phase}, and begins again${forgotten}` },
    isMilestone: true,
  });
}
