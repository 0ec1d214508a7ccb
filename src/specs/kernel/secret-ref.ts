/** Where a secret is kept. No message repeats what was given: it could be the secret itself. */
import * as z from 'zod';
import { isMapping } from './finding.ts';
import type { SecretRef } from './notifications.ts';

export const secretReference = 'write { env: NAME } or { file: /absolute/path }';

export function secretRef(what: string) {
  return z.unknown().transform((given, context): SecretRef => {
    const message = refuseReference(given, what);
    if (message === undefined) return given as SecretRef;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}

export function refuseReference(given: unknown, what: string): string | undefined {
  if (given === undefined) return `missing; ${secretReference}`;
  if (given === null) return `empty; ${secretReference}`;
  if (!isMapping(given)) {
    return `${what} is a secret and not written here: keep it in a variable or a file, and ${secretReference}`;
  }
  const { env, file } = given;
  if (Object.keys(given).length !== 1 || (env === undefined && file === undefined)) {
    return `one of env and file says where ${what} is kept; ${secretReference}`;
  }
  if (env !== undefined) {
    return typeof env === 'string' && /^[A-Za-z_]\w{0,127}$/.test(env)
      ? undefined
      : `env takes the name of a variable, not ${what} itself`;
  }
  return typeof file === 'string' && /^\/[^\0]+$/.test(file)
    ? undefined
    : `file takes the absolute path of a file, not ${what} itself`;
}
