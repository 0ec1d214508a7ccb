import type { Context } from 'hono';
import type { z } from 'zod';
import { PlatformError } from '../../contracts/rollouts/platform.ts';

/** Throws PlatformError invalid, with every problem. */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const text = await context.req.text();
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new PlatformError('invalid', 'the body is not JSON');
  }
  return check(schema, body);
}

export function check<T>(schema: z.ZodType<T>, given: unknown): T {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'body'}: ${message}`,
  );
  throw new PlatformError('invalid', problems.join('\n'));
}
