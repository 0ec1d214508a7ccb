import type { ShownConfiguration, ShownDatabase } from './console.ts';

/** A pause waits for the end of a session there, and sessions do not end. */
export function whyNoPause(
  databases: readonly (ShownDatabase | undefined)[],
  { poolMode }: ShownConfiguration,
): string | undefined {
  const inSession = databases.flatMap((database) =>
    database !== undefined && (database.poolMode ?? poolMode) === 'session' ? [database.name] : [],
  );
  if (inSession.length === 0) return undefined;
  return `pool_mode is session for ${inSession.join(', ')}, where a pause waits until clients disconnect`;
}
