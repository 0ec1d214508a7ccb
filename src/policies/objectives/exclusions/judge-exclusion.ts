import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';
import type { Span } from '../tally.ts';

/** `ana` and `ana@laptop` are one person. */
export function isSamePerson(one: string, other: string): boolean {
  const [first, second] = [one, other].map((name) => name.split('@')[0]?.trim().toLowerCase());
  return first === second;
}

/** Why an exclusion excludes nothing; undefined where it does. */
export function whyNotExcluded(exclusion: Exclusion): string | undefined {
  const { by, approvedBy, approvedAtMs, announcedAtMs, fromMs, withdrawnAtMs } = exclusion;
  if (withdrawnAtMs !== undefined) return 'it was cancelled';
  if (approvedBy === undefined) return 'nobody approved it';
  if (isSamePerson(approvedBy, by)) return 'it was approved by its own author';
  if (announcedAtMs > fromMs) return 'it was announced after its beginning';
  if (approvedAtMs !== undefined && approvedAtMs > fromMs) {
    return 'it was approved after its beginning';
  }
  return undefined;
}

/** The exclusions that a service has. */
export function exclusionsOf(service: string, all: readonly Exclusion[]): Exclusion[] {
  return all.filter(({ services }) => services?.includes(service) ?? true);
}

/** Those of them that count. */
export function appliedExclusions(service: string, all: readonly Exclusion[]): Exclusion[] {
  return exclusionsOf(service, all).filter((each) => whyNotExcluded(each) === undefined);
}

export function isExcluded(excluded: readonly Span[], atMs: number): boolean {
  return excluded.some(({ fromMs, untilMs }) => atMs >= fromMs && atMs < untilMs);
}
