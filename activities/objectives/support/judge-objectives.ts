import { periodAround } from '../../../src/adapters/calendar/periods.ts';
import { minuteMs, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { Standing } from '../../../src/contracts/objectives/standing.ts';
import type { Violation } from '../../../src/contracts/objectives/violation.ts';
import { burnPairs } from '../../../src/policies/objectives/burn-rates.ts';
import {
  findBreach,
  findBurns,
  findSilence,
} from '../../../src/policies/objectives/find-violations.ts';
import { budgetShare, judgeObjective } from '../../../src/policies/objectives/judge-objective.ts';
import { planViolations } from '../../../src/policies/objectives/plan-violations.ts';
import { rollingSpan } from '../../../src/policies/objectives/spans.ts';
import type { Span } from '../../../src/policies/objectives/tally.ts';
import type { Objective, SloMonitorSpec } from '../../../src/specs/objectives/objective.ts';
import type { MinuteBook } from './minute-book.ts';

/** The time that an objective is judged by at a minute: of a calendar, as far as it has passed. */
export function spanOf({ window }: Pick<Objective, 'window'>, untilMs: number): Span {
  if (window.of === 'rolling') return rollingSpan(untilMs, window.lengthMs);
  return { fromMs: periodAround(untilMs - 1, window.unit, window.zone).fromMs, untilMs };
}

export interface Judged {
  standings: Standing[];
  /** Opened and closed ones, and open ones of which something else has changed. */
  changed: Violation[];
}

interface Judging {
  untilMs: number;
  open: readonly Violation[];
  /** Called after some objectives: a thousand at once would keep everything else of a worker waiting. */
  pause(): Promise<void>;
}

const judgedAtOnce = 50;

/** How every objective stands at a closed minute, and what that opens and closes. */
export async function judgeObjectives(
  spec: SloMonitorSpec,
  book: MinuteBook,
  { untilMs, open, pause }: Judging,
): Promise<Judged> {
  const judged: Judged = { standings: [], changed: [] };
  const openOf = new Map<string, Violation[]>();
  for (const each of open) {
    openOf.set(each.objective, [...(openOf.get(each.objective) ?? []), each]);
  }
  for (const [index, objective] of spec.objectives.entries()) {
    if (index > 0 && index % judgedAtOnce === 0) await pause();
    const own = openOf.get(objective.name) ?? [];
    const { standing, changed } = judgeOne(objective, spec, book, { untilMs, open: own });
    judged.standings.push(standing);
    judged.changed.push(...changed);
  }
  return judged;
}

function judgeOne(
  objective: Objective,
  { leastCoverage, silentAfterMs }: SloMonitorSpec,
  book: MinuteBook,
  { untilMs, open }: Omit<Judging, 'pause'>,
): { standing: Standing; changed: Violation[] } {
  const { span, lengthMs, leftMs } = windowOf(objective, untilMs);
  const silentMs = silentAfterOf(objective, silentAfterMs);
  const newest = book.newestFirst(objective.name, untilMs, silentMs + minuteMs);
  const silence = silenceOf(newest);
  const last = newest.findIndex((minute) => minute !== undefined && minute.quality !== 'none');
  const standing: Standing = {
    ...judgeObjective(objective, book.tally(objective, span), {
      ...{ span, leastCoverage, leftMs },
      ...(silence !== undefined && { silence }),
    }),
    ...(last > 0 && { dataUntilMs: untilMs - last * minuteMs }),
  };
  const found = [
    findBreach(objective, standing),
    ...findBurns(objective, talliesOf(objective, book, { untilMs, lengthMs })),
    findSilence(
      book.newestUnexcluded(objective, untilMs, silentMs + minuteMs),
      silentMs,
      book.isKnownBefore(objective.name, untilMs - silentMs),
    ),
  ];
  const { opened, closed, changed } = planViolations(objective, open, { found, atMs: untilMs });
  return { standing, changed: [...opened, ...closed, ...changed] };
}

/** A dead man's switch may be shorter than what the monitor waits for others. */
export function silentAfterOf({ source }: Objective, silentAfterMs: number): number {
  return source.of === 'pushed' ? (source.silentAfterMs ?? silentAfterMs) : silentAfterMs;
}

function silenceOf([newest]: readonly (Minute | undefined)[]): string | undefined {
  if (newest === undefined) return 'nobody has measured';
  return newest.quality === 'none' ? (newest.why ?? 'no data') : undefined;
}

function talliesOf(
  objective: Objective,
  book: MinuteBook,
  { untilMs, lengthMs }: { untilMs: number; lengthMs: number },
) {
  if (budgetShare(objective) === undefined) return [];
  return burnPairs(lengthMs).map((pair) => ({
    pair,
    long: book.tally(objective, rollingSpan(untilMs, pair.longMs)),
    short: book.tally(objective, rollingSpan(untilMs, pair.shortMs)),
  }));
}

/** What is judged, how long the whole of it is, and what of it is still to come. */
function windowOf({ window }: Objective, untilMs: number) {
  if (window.of === 'rolling') {
    const { lengthMs } = window;
    return { span: rollingSpan(untilMs, lengthMs), lengthMs, leftMs: 0 };
  }
  const { fromMs, untilMs: endMs } = periodAround(untilMs - 1, window.unit, window.zone);
  return { span: { fromMs, untilMs }, lengthMs: endMs - fromMs, leftMs: endMs - untilMs };
}
