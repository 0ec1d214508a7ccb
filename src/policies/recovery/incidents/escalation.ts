import type { EscalationState } from '../../../contracts/recovery/incident.ts';
import type { IncidentSeverity } from '../../../kinds/incident-words.ts';
import type { EscalationLevel, IncidentSpec } from '../../../specs/recovery/incident.ts';

/** One notification of an escalation. */
export interface EscalationAct {
  atMs: number;
  /** From 0. In rounds after the first, everybody is notified at once. */
  round: number;
  /** From 1. */
  level: number;
  levels: number;
  /** Channels; absent: as the routes of notifications say. */
  to?: string[];
  who: string[];
}

type Plan = Pick<IncidentSpec, 'escalation' | 'rules'>;

/** However long it takes, people are not notified less often than this, unless the severity has longer. */
const longestGapMs = 4 * 3_600_000;

export function levelsOf({ escalation, rules }: Plan, severity: IncidentSeverity) {
  const { acknowledgeWithinMs: within } = rules[severity];
  return escalation ?? [{ afterMs: 0 }, { afterMs: within }, { afterMs: 2 * within }];
}

export function armEscalation(atMs: number): EscalationState {
  return { roundAtMs: atMs, round: 0, notified: 0 };
}

/** Whom the escalation notifies next, and when. */
export function nextEscalation(
  plan: Plan,
  severity: IncidentSeverity,
  { roundAtMs, round, notified }: EscalationState,
): EscalationAct {
  const levels = levelsOf(plan, severity);
  // A severity that changed may have fewer of them.
  const index = round === 0 ? Math.min(notified, levels.length - 1) : levels.length - 1;
  const level: EscalationLevel = levels[index] ?? { afterMs: 0 };
  const notifiedNow = levels.slice(0, index + 1);
  const to = round === 0 ? level.to : channelsOf(notifiedNow);
  const who = round === 0 ? level.who : notifiedNow.flatMap((each) => each.who ?? []);
  return {
    atMs: round === 0 ? roundAtMs + level.afterMs : roundAtMs,
    ...{ round, level: index + 1, levels: levels.length },
    ...(to !== undefined && { to: [...to] }),
    who: [...new Set(who ?? [])],
  };
}

/** Where the escalation stands when that act was done at `doneAtMs`, which a person may have asked for early. */
export function afterEscalation(
  plan: Plan,
  severity: IncidentSeverity,
  { act, doneAtMs }: { act: EscalationAct; doneAtMs: number },
): EscalationState {
  const levels = levelsOf(plan, severity);
  const { round, level } = act;
  if (round === 0 && level < levels.length) {
    const { afterMs } = levels[level - 1] ?? { afterMs: 0 };
    return { roundAtMs: doneAtMs - afterMs, round, notified: level };
  }
  const gapMs = gapAfter(round, plan.rules[severity].acknowledgeWithinMs);
  return { roundAtMs: doneAtMs + gapMs, round: round + 1, notified: 0 };
}

/** Rounds are further apart the longer nobody answers. */
function gapAfter(round: number, withinMs: number): number {
  return Math.min(withinMs * 2 ** Math.min(round, 16), Math.max(withinMs, longestGapMs));
}

/** Undefined where one of them leaves it to the routes. */
function channelsOf(levels: readonly EscalationLevel[]): string[] | undefined {
  const named = levels.flatMap(({ to }) => (to === undefined ? [] : [to]));
  return named.length < levels.length ? undefined : [...new Set(named.flat())];
}
