import { backupKinds } from './backups.ts';
import { chaosKinds } from './chaos.ts';
import { databaseKinds } from './databases.ts';
import type { AnyKind } from './kind.ts';
import { objectiveKinds } from './objectives.ts';
import { recoveryKinds } from './recovery.ts';
import { regionKinds } from './regions.ts';
import { rolloutKinds } from './rollouts.ts';

/** Every kind of run that there is: lists, commands, routes and messages derive from it. */
export const kinds: readonly AnyKind[] = [
  ...Object.values(rolloutKinds),
  ...Object.values(backupKinds),
  ...Object.values(recoveryKinds),
  ...Object.values(databaseKinds),
  ...Object.values(chaosKinds),
  ...Object.values(objectiveKinds),
  ...Object.values(regionKinds),
];

const byKind = new Map(kinds.map((definition) => [definition.kind, definition]));

/** Undefined where there is no such kind. */
export function kindNamed(kind: string): AnyKind | undefined {
  return byKind.get(kind);
}
