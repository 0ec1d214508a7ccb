import type { Tally } from '../../contracts/objectives/tally.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { budgetShare } from './judge-objective.ts';

/** Two windows that both have to burn: the long one says that it matters, the short one that it goes on. */
export interface BurnPair {
  severity: 'page' | 'ticket';
  longMs: number;
  shortMs: number;
  /** How many times as fast as the budget allows. */
  factor: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** Which share of the budget of a whole period may be spent within the long window. */
const ladder = [
  { severity: 'page', longMs: hourMs, shortMs: 5 * minuteMs, spends: 0.02 },
  { severity: 'page', longMs: 6 * hourMs, shortMs: 30 * minuteMs, spends: 0.05 },
  { severity: 'ticket', longMs: dayMs, shortMs: 2 * hourMs, spends: 0.1 },
  { severity: 'ticket', longMs: 3 * dayMs, shortMs: 6 * hourMs, spends: 0.1 },
] as const;

/**
 * The pairs of a period: the same shares of its own budget, so the factors of 30 days are not those
 * of 7. A pair that would report a budget which lasts to the end of the period is left out.
 */
export function burnPairs(periodMs: number): BurnPair[] {
  return ladder
    .map(({ spends, ...pair }) => ({
      ...pair,
      factor: Number(((spends * periodMs) / pair.longMs).toPrecision(12)),
    }))
    .filter(({ factor }) => factor >= 1);
}

/** How fast the budget is spent: 1 spends it exactly at the end of the period. Undefined without requests. */
export function burnRate(objective: Objective, { good, bad }: Tally): number | undefined {
  const share = budgetShare(objective);
  if (share === undefined || good + bad === 0) return undefined;
  return bad / (good + bad) / share;
}

export type Burn = 'burning' | 'not burning' | 'unknown';

/**
 * Whether a pair burns. Few requests prove nothing, however bad they are; and where less than half of the
 * short window was measured, it has neither begun nor ended.
 */
export function judgeBurn(
  objective: Objective,
  { factor }: BurnPair,
  { long, short }: { long: Tally; short: Tally },
): Burn {
  if (!isMeasured(short)) return 'unknown';
  const shortRate = burnRate(objective, short);
  const longRate = burnRate(objective, long);
  if (shortRate === undefined || longRate === undefined)
    return isQuiet(short) ? 'not burning' : 'unknown';
  const { events, failures } = objective.floor;
  const isEnough = long.good + long.bad >= events && long.bad >= failures;
  return isEnough && longRate >= factor && shortRate >= factor ? 'burning' : 'not burning';
}

/** Of the short window: what was counted over longer times says little about the last minutes. */
const leastMeasured = 0.5;

function isMeasured({ goodMs, badMs, noDataMs, idleMs }: Tally): boolean {
  const lengthMs = goodMs + badMs + noDataMs;
  return goodMs + badMs + idleMs >= leastMeasured * lengthMs;
}

/** It was measured, and there were no requests. */
function isQuiet({ idleMs, unknownMs }: Tally): boolean {
  return idleMs > 0 && unknownMs === 0;
}
