import type { IncidentFacts, IncidentNote } from '../../../contracts/recovery/incident.ts';
import type { IncidentRole, IncidentSeverity, PublicState } from '../../../kinds/incident-words.ts';
import { oneLine, shorten } from '../../kernel/notifications/bounded-text.ts';
import { armEscalation } from './escalation.ts';
import { recordMoment } from './moments.ts';
import { changeSeverity } from './severity.ts';
import { addEntry } from './timeline.ts';

/** Who did something, and when it was recorded. */
export interface Said {
  atMs: number;
  by: string;
  why?: string;
}

const keptNotes = 200;
const longestNote = 1_000;

/** Stops the escalation. Whoever answers an overdue update has a whole interval again. */
export function acknowledge(facts: IncidentFacts, { atMs, by }: Said): IncidentFacts {
  const isFirst = facts.moments.ack === undefined;
  const version = { happenedAtMs: atMs, recordedAtMs: atMs, by };
  const moved = withoutEscalation(isFirst ? recordMoment(facts, 'ack', version) : facts);
  const { commander = by } = facts.roles;
  const acknowledged: IncidentFacts = {
    ...moved,
    ...{ phase: 'acknowledged', acknowledgedBy: by, updateSinceMs: atMs },
    roles: { ...facts.roles, commander },
  };
  const named = commander === by && facts.roles.commander === undefined ? '; is commander' : '';
  return addEntry(acknowledged, {
    ...{ recordedAtMs: atMs, by, text: `acknowledged${named}`, isMilestone: true },
  });
}

export function assignRole(
  facts: IncidentFacts,
  { role, person }: { role: IncidentRole; person: string },
  { atMs, by }: Said,
): IncidentFacts {
  const before = facts.roles[role];
  const from = before === undefined || before === person ? '' : `, handed over by ${before}`;
  return addEntry(
    { ...facts, roles: { ...facts.roles, [role]: shorten(oneLine(person), 200) } },
    { recordedAtMs: atMs, by, text: `${person} is ${role}${from}`, isMilestone: true },
  );
}

/** How it stands: who tells it in an overdue incident has answered, too. */
export function tellUpdate(
  facts: IncidentFacts,
  { text, severity = facts.severity }: { text: string; severity?: IncidentSeverity },
  { atMs, by }: Said,
): IncidentFacts {
  const { phase } = facts;
  const answered = phase === 'overdue' ? withoutEscalation(facts) : facts;
  const { updateRemindedAtMs: _, ...rest } = answered;
  const told: IncidentFacts = {
    ...rest,
    phase: phase === 'overdue' ? 'acknowledged' : phase,
    updateSinceMs: atMs,
    lastUpdate: { atMs, by, text: shorten(text, longestNote) },
  };
  const entry = { recordedAtMs: atMs, by, text: `update: ${text}`, isMilestone: true } as const;
  return changeSeverity(addEntry(told, entry), severity, { atMs, by });
}

/** What everybody may read on the status page. */
export function publish(
  facts: IncidentFacts,
  { text, state, title }: { text: string; state: PublicState; title?: string },
  { atMs, by }: Said,
): IncidentFacts {
  const words = shorten(text, longestNote);
  const published = [...(facts.published ?? []), { atMs, by, state, text: words }].slice(
    -keptNotes,
  );
  const told: IncidentFacts = {
    ...{ ...facts, published },
    ...(title !== undefined && { publicTitle: shorten(oneLine(title), 200) }),
  };
  return addEntry(told, {
    ...{ recordedAtMs: atMs, by, text: `published as ${state}: ${words}`, isMilestone: true },
  });
}

export function writeNote(facts: IncidentFacts, note: IncidentNote): IncidentFacts {
  const { about, text, by, happenedAtMs = note.atMs } = note;
  const recordedAtMs = note.atMs;
  if (about === 'timeline') {
    return addEntry(facts, { happenedAtMs, recordedAtMs, by, text, isMilestone: true });
  }
  const notes = [...facts.notes, { ...note, text: shorten(text, longestNote) }];
  const dropped = notes.length - keptNotes;
  const kept = { ...facts, notes: dropped > 0 ? notes.slice(dropped) : notes };
  if (dropped <= 0) return kept;
  return addEntry(kept, {
    recordedAtMs,
    by,
    text: 'an early note was dropped: there are too many',
  });
}

/** Users do not suffer any more: nobody has to be called, and updates are not due. */
export function mitigate(
  facts: IncidentFacts,
  { happenedAtMs }: { happenedAtMs: number },
  { atMs, by, why }: Said,
): IncidentFacts {
  const version = { happenedAtMs, recordedAtMs: atMs, by, ...(why !== undefined && { why }) };
  const { remindedAtMs: _, ...rest } = withoutEscalation(recordMoment(facts, 'mitigated', version));
  const mitigated: IncidentFacts = { ...rest, phase: 'mitigated', updateSinceMs: atMs };
  return addEntry(mitigated, {
    ...{ happenedAtMs, recordedAtMs: atMs, by, isMilestone: true },
    text: why === undefined ? 'mitigated' : `mitigated: ${why}`,
  });
}

/** What never was mitigated is so now at the latest. */
export function resolve(
  facts: IncidentFacts,
  { happenedAtMs, postmortemDueAtMs }: { happenedAtMs: number; postmortemDueAtMs?: number },
  { atMs, by, why }: Said,
): IncidentFacts {
  const version = { happenedAtMs, recordedAtMs: atMs, by, ...(why !== undefined && { why }) };
  const isMitigated = facts.phase === 'mitigated';
  const { remindedAtMs: _, ...rest } = withoutEscalation(
    recordMoment(
      isMitigated ? facts : recordMoment(facts, 'mitigated', version),
      'resolved',
      version,
    ),
  );
  const resolved: IncidentFacts = {
    ...rest,
    phase: 'resolved',
    ...(postmortemDueAtMs !== undefined && { postmortem: { dueAtMs: postmortemDueAtMs } }),
  };
  return addEntry(resolved, {
    ...{ happenedAtMs, recordedAtMs: atMs, by, isMilestone: true },
    text: why === undefined ? 'resolved' : `resolved: ${why}`,
  });
}

export function finishPostmortem(
  facts: IncidentFacts,
  link: string | undefined,
  { atMs, by }: Said,
): IncidentFacts {
  const { postmortem = { dueAtMs: atMs } } = facts;
  return addEntry(
    {
      ...facts,
      postmortem: {
        ...postmortem,
        doneAtMs: atMs,
        doneBy: by,
        ...(link !== undefined && { link }),
      },
    },
    {
      ...{ recordedAtMs: atMs, by, isMilestone: true },
      text: link === undefined ? 'the postmortem is done' : `the postmortem is done: ${link}`,
    },
  );
}

/** Nobody told how it stands, although they were reminded. */
export function armAgain(facts: IncidentFacts, atMs: number): IncidentFacts {
  const overdue: IncidentFacts = {
    ...{ ...facts, phase: 'overdue', escalation: armEscalation(atMs) },
    updatesOverdue: (facts.updatesOverdue ?? 0) + 1,
  };
  return addEntry(overdue, {
    ...{ recordedAtMs: atMs, text: 'an update is overdue: the escalation begins again' },
  });
}

/** The gateway reports it as `alert <name>`, which tells people more than its ID. */
export function endAlert(
  facts: IncidentFacts,
  alert: string,
  { atMs, by }: Pick<Said, 'atMs' | 'by'>,
): IncidentFacts {
  const found = facts.alerts.find(({ id }) => id === alert);
  if (found === undefined || found.endedAtMs !== undefined) return facts;
  const name = by.startsWith('alert ') ? by : `alert ${alert}`;
  const alerts = facts.alerts.map((each) => (each === found ? { ...each, endedAtMs: atMs } : each));
  return addEntry(
    { ...facts, alerts },
    { recordedAtMs: atMs, text: `${name} has ended`, isMilestone: true },
  );
}

function withoutEscalation({
  escalation: _,
  updateRemindedAtMs: __,
  ...facts
}: IncidentFacts): IncidentFacts {
  return facts;
}
