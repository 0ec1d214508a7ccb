import type { CatalogueEntry, Damaged } from '../../contracts/backups/catalogue.ts';

/** The damage that a set is known to have: all of it, read back later and found sound, takes it back. */
export function standingDamage({
  damaged,
  verified,
}: Pick<CatalogueEntry, 'damaged' | 'verified'>): Damaged | undefined {
  if (damaged === undefined || verified === undefined) return damaged;
  const isMended = verified.extent.kind === 'all' && verified.atMs > damaged.atMs;
  return isMended ? undefined : damaged;
}
