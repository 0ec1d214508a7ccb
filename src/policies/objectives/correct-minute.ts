import type { Minute } from '../../contracts/objectives/minute.ts';

/**
 * The minute to keep where one of its time is known: a correction is the next version. What says the
 * same is no correction, and less data never takes the place of more. Undefined: it stays as it is.
 */
export function correctMinute(known: Minute | undefined, found: Minute): Minute | undefined {
  if (known === undefined) return { ...found, version: 1 };
  if (found.quality === 'none') return undefined;
  // What a person said stands until a person says otherwise.
  if (known.quality === 'by-hand' && found.quality !== 'by-hand') return undefined;
  if (found.quality !== 'by-hand' && found.coverageMs < known.coverageMs) return undefined;
  const isSame =
    known.good === found.good &&
    known.bad === found.bad &&
    known.coverageMs === found.coverageMs &&
    known.quality === found.quality;
  return isSame ? undefined : { ...found, version: known.version + 1 };
}
