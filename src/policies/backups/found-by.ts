import type { ContentCheck, Damage } from '../../contracts/backups/store.ts';

/** All that a check found wrong with a set and with the log after it. */
export function foundBy(check: ContentCheck | undefined): Damage[] {
  return [...(check?.damage ?? []), ...(check?.log ?? [])];
}
