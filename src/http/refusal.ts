import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** The form of error that the gateway and the codec server answer with. */
export function refuse(
  context: Context,
  status: ContentfulStatusCode,
  message: string,
  problems?: readonly string[],
): Response {
  return context.json({ error: { message, ...(problems && { problems }) } }, status);
}
