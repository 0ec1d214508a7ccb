import type { z } from 'zod';
import { resolveAgainst, type Resolution } from './kernel/resolve.ts';
import { specSchemas as backupSchemas } from './backups/resolve.ts';
import { specSchemas as chaosSchemas } from './chaos/resolve.ts';
import { specSchemas as objectiveSchemas } from './objectives/resolve.ts';
import { specSchemas as recoverySchemas } from './recovery/resolve.ts';
import { databaseSchemas } from './recovery/resolve-databases.ts';
import { specSchemas as rolloutSchemas } from './rollouts/resolve.ts';

/** The schema of the specs of each kind of run. */
export const specSchemas: Readonly<Record<string, z.ZodType>> = {
  ...rolloutSchemas,
  ...backupSchemas,
  ...recoverySchemas,
  ...databaseSchemas,
  ...chaosSchemas,
  ...objectiveSchemas,
};

/** A spec of any kind with its defaults, or every problem it has; undefined where there is no such kind. */
export function resolveSpecOf(kind: string, input: unknown): Resolution | undefined {
  const schema = Object.hasOwn(specSchemas, kind) ? specSchemas[kind] : undefined;
  return schema && resolveAgainst(schema, input);
}
