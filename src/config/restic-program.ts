import { existsSync } from 'node:fs';

/** Where `belay agent tools install` puts restic, and where the system's package does. */
export const resticPlaces = ['/usr/local/bin/restic', '/usr/bin/restic'] as const;

/** The program that an agent runs: that of its settings, or the first that is there. */
export function resticProgram(
  { program }: { program?: string } = {},
  places: readonly string[] = resticPlaces,
): string {
  return program ?? places.find((path) => existsSync(path)) ?? places[0] ?? '';
}
