import { minuteMs } from '../../contracts/objectives/minute.ts';
import type { Budget, ObjectiveVerdict, Standing } from '../../contracts/objectives/standing.ts';
import type { Tally } from '../../contracts/objectives/tally.ts';
import type { Objective } from '../../specs/objectives/objective.ts';
import { isMet, shareOf } from './judge-minute.ts';
import type { Span } from './tally.ts';

/** The share of requests that may be bad; undefined where an objective has no error budget. */
export function budgetShare({
  indicator,
  comparison,
  target,
}: Pick<Objective, 'indicator' | 'comparison' | 'target'>): number | undefined {
  if (indicator === 'throughput' || comparison === 'equal') return undefined;
  // 1 - 0.999 is not 0.001 to a computer.
  return indicator === 'errorRate' ? target : Number((1 - target).toPrecision(12));
}

/**
 * The measured share of the time that could be measured: exclusions aside, and time without requests
 * where they are what is judged. Of a throughput, none is a measurement.
 */
function coverageOf(
  { indicator }: Pick<Objective, 'indicator'>,
  { goodMs, badMs, noDataMs, idleMs }: Tally,
): number {
  if (indicator === 'throughput') {
    const lengthMs = goodMs + badMs + noDataMs;
    return lengthMs === 0 ? 0 : (goodMs + badMs + idleMs) / lengthMs;
  }
  const countedMs = goodMs + badMs;
  const lengthMs = countedMs + noDataMs - idleMs;
  return lengthMs === 0 ? 0 : countedMs / lengthMs;
}

interface Judging {
  span: Span;
  leastCoverage: number;
  silence?: string;
  /** What is left of a period that is not over. Default: none. */
  leftMs?: number;
}

/**
 * How an objective stands by what was measured of its window. No data is insufficient: neither met
 * nor breached, unless what is missing could not change the verdict. What is missing is taken to have
 * had no more requests in a minute than the busiest minute that was measured.
 *
 * A period that is not over may spend what the whole of it allows, if the rest of it has as many
 * requests as its time so far: until that is spent, it is not breached.
 */
export function judgeObjective(
  objective: Objective,
  tally: Tally,
  { span, leastCoverage, silence, leftMs = 0 }: Judging,
): Standing {
  const { name, service, indicator, window, target, gatesBudget } = objective;
  const isYoung = isBelowFloor(objective, tally);
  const value = valueOf(objective, tally);
  const coverage = coverageOf(objective, tally);
  const judged = certainVerdict(objective, tally, leftMs);
  const scale = (span.untilMs - span.fromMs + leftMs) / (span.untilMs - span.fromMs);
  const allowance = allowanceOf(objective, tally, leftMs === 0 ? 1 : scale);
  const mayStillBeMet = leftMs > 0 && allowance !== undefined && tally.bad <= allowance;
  // Few requests prove nothing: a period that has only begun is not breached by its first failure.
  const certain = judged === 'breached' && isYoung ? undefined : judged;
  const isEnough = coverage >= leastCoverage && value !== undefined;
  const measured = isEnough ? (isMet(objective, value) ? 'met' : 'breached') : 'insufficient';
  const verdict: ObjectiveVerdict =
    certain ?? (measured === 'breached' && (isYoung || mayStillBeMet) ? 'insufficient' : measured);
  const budget = budgetOf(allowance, tally, verdict);
  return {
    ...{ objective: name, service, indicator, ...span, window, verdict },
    certainly: certain !== undefined,
    ...(value !== undefined && { value }),
    ...{ target, coverage, tally, gatesBudget },
    ...(objective.source.of === 'composite' && { counts: 'minutes' }),
    ...(budget !== undefined && { budget }),
    ...(silence !== undefined && { silence }),
  };
}

/** Of a calendar period; a throughput has no requests to wait for. */
function isBelowFloor({ indicator, window, floor }: Objective, { good, bad }: Tally): boolean {
  if (indicator === 'throughput' || window.of === 'rolling') return false;
  return good + bad < floor.events || bad < floor.failures;
}

/** In the unit of the objective; undefined: nothing was measured. */
export function valueOf(objective: Objective, tally: Tally): number | undefined {
  const { good, bad, goodMs, badMs, idleMs } = tally;
  if (objective.indicator !== 'throughput') {
    return good + bad === 0 ? undefined : shareOf(objective, tally);
  }
  // Without requests there is a throughput: 0.
  const measuredMs = goodMs + badMs + idleMs;
  return measuredMs === 0 ? undefined : (good + bad) / (measuredMs / 1_000);
}

function certainVerdict(
  objective: Objective,
  { good, bad, unknownMs, busiest }: Tally,
  leftMs: number,
): 'met' | 'breached' | undefined {
  const share = budgetShare(objective);
  const total = good + bad;
  if (share === undefined || total === 0) return undefined;
  const unknown = ((unknownMs + leftMs) / minuteMs) * busiest;
  const allowed = share * (total + unknown);
  if (bad > allowed) return 'breached';
  return bad + unknown <= allowed ? 'met' : undefined;
}

/** Bad requests that are allowed of a period so many times as long as what was measured of it. */
function allowanceOf(
  objective: Objective,
  { good, bad }: Tally,
  scale: number,
): number | undefined {
  const share = budgetShare(objective);
  return share === undefined ? undefined : share * (good + bad) * scale;
}

function budgetOf(
  allowed: number | undefined,
  { bad }: Tally,
  verdict: ObjectiveVerdict,
): Budget | undefined {
  if (allowed === undefined) return undefined;
  const remaining = allowed === 0 ? 1 : 1 - bad / allowed;
  const isEmpty = allowed > 0 && remaining <= 0 && verdict !== 'insufficient';
  return { allowed, spent: bad, remaining, isEmpty };
}
