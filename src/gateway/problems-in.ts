import type * as z from 'zod';

/** Each problem with the path that it is about. */
export function problemsIn(error: z.ZodError): string[] {
  return error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join('.')}: ${message}`,
  );
}
