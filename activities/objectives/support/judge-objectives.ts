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
  const { fromMs } = periodAround(untilMs - 1, window.unit, window.zone);
  return { fromMs, untilMs };
}

export interface Judged {
  standings: Standing[];
  /** Opened and closed ones. */
  changed: Violation[];
}

/** How every objective stands at a closed minute, and what that opens and closes. */
export function judgeObjectives(
  { objectives, leastCoverage, silentAfterMs }: SloMonitorSpec,
  book: MinuteBook,
  { untilMs, open }: { untilMs: number; open: readonly Violation[] },
): Judged {
  const changed: Violation[] = [];
  const standings = objectives.map((objective) => {
    const span = spanOf(objective, untilMs);
    const silentMs = silentAfterOf(objective, silentAfterMs);
    const newest = book.newestFirst(objective.name, untilMs, silentMs + minuteMs);
    const silence = silenceOf(newest);
    const last = newest.findIndex((minute) => minute !== undefined && minute.quality !== 'none');
    const judged = judgeObjective(objective, book.tally(objective, span), {
      ...{ span, leastCoverage },
      ...(silence !== undefined && { silence }),
    });
    const standing: Standing = {
      ...judged,
      ...(last > 0 && { dataUntilMs: untilMs - last * minuteMs }),
    };
    const found = [
      findBreach(objective, standing),
      ...findBurns(objective, talliesOf(objective, book, untilMs)),
      findSilence(withoutExcluded(objective, book, { newest, untilMs }), silentMs),
    ];
    const { opened, closed } = planViolations(objective, open, { found, atMs: untilMs });
    changed.push(...opened, ...closed);
    return standing;
  });
  return { standings, changed };
}

/** Silence during maintenance is expected: it neither counts, nor is it told. */
function withoutExcluded(
  objective: Objective,
  book: MinuteBook,
  { newest, untilMs }: { newest: readonly (Minute | undefined)[]; untilMs: number },
): (Minute | undefined)[] {
  return newest.filter((_, index) => !book.isExcluded(objective, untilMs - (index + 1) * minuteMs));
}

/** A dead man's switch may be shorter than what the monitor waits for others. */
function silentAfterOf({ source }: Objective, silentAfterMs: number): number {
  return source.of === 'pushed' ? (source.silentAfterMs ?? silentAfterMs) : silentAfterMs;
}

function silenceOf([newest]: readonly (Minute | undefined)[]): string | undefined {
  if (newest === undefined) return 'nobody has measured';
  return newest.quality === 'none' ? (newest.why ?? 'no data') : undefined;
}

function talliesOf(objective: Objective, book: MinuteBook, untilMs: number) {
  if (budgetShare(objective) === undefined) return [];
  return burnPairs(lengthOf(objective, untilMs)).map((pair) => ({
    pair,
    long: book.tally(objective, rollingSpan(untilMs, pair.longMs)),
    short: book.tally(objective, rollingSpan(untilMs, pair.shortMs)),
  }));
}

function lengthOf({ window }: Objective, untilMs: number): number {
  if (window.of === 'rolling') return window.lengthMs;
  const period = periodAround(untilMs - 1, window.unit, window.zone);
  return period.untilMs - period.fromMs;
}
