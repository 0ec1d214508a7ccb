import type { ShownDatabase } from './console.ts';

/** What keeps Belay from pausing a database, or from letting its clients go on; undefined: nothing. */
export function findForeignPause(
  shown: readonly (ShownDatabase | undefined)[],
  held: readonly string[],
): string | undefined {
  const names = shown.flatMap((each) =>
    each?.isPaused === true && !held.includes(each.name) ? [each.name] : [],
  );
  if (names.length === 0) return undefined;
  const all = names.join(', ');
  return `${all} is paused at PgBouncer, and not by Belay: RESUME it once its clients may go on`;
}
