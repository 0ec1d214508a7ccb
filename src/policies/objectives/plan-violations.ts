import { minuteMs } from '../../contracts/objectives/minute.ts';
import {
  violationKey,
  type Violation,
  type ViolationKind,
} from '../../contracts/objectives/violation.ts';

/** What one look says about one kind of violation. */
export interface Found {
  kind: ViolationKind;
  /** `unknown` opens nothing and closes nothing. */
  state: 'violated' | 'fine' | 'unknown';
  reason: string;
}

export interface ViolationPlan {
  opened: Violation[];
  /** With their `closedAtMs`. */
  closed: Violation[];
  /** Open ones that seem to be over, or are not over after all. */
  changed: Violation[];
}

/** One that is over for a shorter time goes on: a value at its target would be told again and again. */
const overForMs = 10 * minuteMs;

/**
 * Opens what is not open yet, and closes what has been over for ten minutes, by the moment from which it
 * was. A kind that is no longer judged is closed as well.
 */
export function planViolations(
  { name, service }: { name: string; service: string },
  open: readonly Violation[],
  { found, atMs }: { found: readonly Found[]; atMs: number },
): ViolationPlan {
  const own = open.filter(({ objective }) => objective === name);
  const plan: ViolationPlan = { opened: [], closed: [], changed: [] };
  for (const { kind, state, reason } of found) {
    if (state !== 'violated' || own.some((each) => each.kind === kind)) continue;
    plan.opened.push({ objective: name, service, kind, openedAtMs: atMs, reason });
  }
  for (const violation of own) {
    const state = found.find(({ kind }) => kind === violation.kind)?.state;
    const { overSinceMs = atMs, ...still } = violation;
    if (state === undefined) {
      plan.closed.push({ ...still, closedAtMs: atMs, endedBy: 'unjudged' });
    } else if (state === 'fine' && atMs - overSinceMs >= overForMs) {
      plan.closed.push({ ...still, closedAtMs: overSinceMs });
    } else if (state === 'fine' && violation.overSinceMs === undefined) {
      plan.changed.push({ ...violation, overSinceMs });
    } else if (state === 'violated' && violation.overSinceMs !== undefined) {
      plan.changed.push(still);
    }
  }
  return plan;
}

/** With those that have changed in the place of what they were. */
export function replaced(all: readonly Violation[], changed: readonly Violation[]): Violation[] {
  const byKey = new Map(all.map((violation) => [violationKey(violation), violation]));
  for (const violation of changed) byKey.set(violationKey(violation), violation);
  return [...byKey.values()];
}
