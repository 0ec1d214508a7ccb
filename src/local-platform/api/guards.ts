import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { refusal } from './refusal.ts';

const largestBodyBytes = 256 * 1024;

export function requireToken(token: string): MiddlewareHandler {
  const message = refusal('unauthorized', 'send the token as "Authorization: Bearer <token>"');
  return bearerAuth({
    token,
    noAuthenticationHeader: { message },
    invalidAuthenticationHeader: { message },
    invalidToken: { message: refusal('unauthorized', 'the token is not that of this platform') },
  });
}

export const limitBody = bodyLimit({
  maxSize: largestBodyBytes,
  onError: (context) =>
    // The rest of the body is not read, so the connection cannot be used again.
    context.json(refusal('invalid', `a body may have at most ${largestBodyBytes} bytes`), 413, {
      connection: 'close',
    }),
});
