import { minuteMs, minuteOf, type Minute } from '../../../contracts/objectives/minute.ts';
import type { Objective } from '../../../specs/objectives/objective.ts';
import type { Span } from '../tally.ts';

/** How many requests a measured minute had on average, and at least one: a minute without any is not bad. */
export function usualRequests(minutes: readonly Minute[]): number {
  const measured = minutes.filter(({ coverageMs }) => coverageMs > 0);
  const sum = measured.reduce((total, { good, bad }) => total + good + bad, 0);
  return Math.max(1, Math.round(sum / Math.max(1, measured.length)));
}

interface Beside {
  /** What was counted in them, by their beginning. */
  known: ReadonlyMap<number, Pick<Minute, 'good' | 'bad'>>;
  /** Requests of a minute. */
  usual: number;
  why: string;
}

/**
 * Minutes of a time that a person calls down, whole minutes. All requests that were counted in one are
 * bad; where none were, as many as there usually are. A throughput was zero.
 */
export function downMinutes(
  { indicator }: Pick<Objective, 'indicator'>,
  { fromMs, untilMs }: Span,
  { known, usual, why }: Beside,
): Minute[] {
  const firstMs = minuteOf(fromMs);
  const count = Math.max(0, (minuteOf(untilMs) - firstMs) / minuteMs);
  return Array.from({ length: count }, (_, index): Minute => {
    const atMs = firstMs + index * minuteMs;
    const { good = 0, bad = 0 } = known.get(atMs) ?? {};
    const failed = good + bad === 0 ? usual : good + bad;
    return {
      ...{ atMs, good: 0, bad: indicator === 'throughput' ? 0 : failed },
      ...{ coverageMs: minuteMs, quality: 'by-hand', version: 1, why },
    };
  });
}
