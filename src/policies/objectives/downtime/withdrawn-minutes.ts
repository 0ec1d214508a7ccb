import type { Minute } from '../../../contracts/objectives/minute.ts';
import { silentMinute } from '../count-minutes.ts';
import { byTime, type Span } from '../tally.ts';

/** Minutes that a person recorded as down, as they were before; where nothing was known, no data. */
export function minutesBefore(
  known: readonly Minute[],
  { fromMs, untilMs }: Span,
  { corrected, why }: { corrected: readonly Minute[]; why: string },
): Minute[] {
  const counted = corrected
    .filter(({ quality }) => quality !== 'by-hand')
    .toSorted((one, other) => one.version - other.version);
  const before = byTime(counted);
  return known
    .filter(({ atMs, quality }) => atMs >= fromMs && atMs < untilMs && quality === 'by-hand')
    .map(({ atMs }) => before.get(atMs) ?? silentMinute(atMs, why));
}

/** Minutes whose counts a person withdraws. What was recorded as down stays. */
export function withoutCounts(
  known: readonly Minute[],
  { fromMs, untilMs }: Span,
  why: string,
): Minute[] {
  return known
    .filter(({ atMs }) => atMs >= fromMs && atMs < untilMs)
    .filter(({ quality }) => quality !== 'by-hand' && quality !== 'none')
    .map(({ atMs }) => silentMinute(atMs, why));
}
