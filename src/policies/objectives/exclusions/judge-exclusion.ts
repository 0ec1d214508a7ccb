import type { Exclusion } from '../../../contracts/objectives/exclusion.ts';

/** Why an exclusion excludes nothing; undefined where it does. */
export function whyNotExcluded(exclusion: Exclusion): string | undefined {
  const { by, approvedBy, announcedAtMs, fromMs, withdrawnAtMs } = exclusion;
  if (withdrawnAtMs !== undefined) return 'it was cancelled';
  if (approvedBy === undefined) return 'nobody approved it';
  if (approvedBy === by) return 'it was approved by its own author';
  if (announcedAtMs > fromMs) return 'it was announced after its beginning';
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
