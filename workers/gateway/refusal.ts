import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The gateway's one form of error. */
export function refuse(
  context: Context,
  status: ContentfulStatusCode,
  message: string,
  problems?: readonly string[],
): Response {
  return context.json({ error: { message, ...(problems && { problems }) } }, status);
}
