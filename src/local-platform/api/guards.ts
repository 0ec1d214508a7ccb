import type { MiddlewareHandler } from 'hono';
import { bearerAuth } from 'hono/bearer-auth';
import { bodyLimit } from 'hono/body-limit';
import { refusal } from './refusal.ts';

const largestBodyBytes = 256 * 1024;
const ownHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A web page can make a browser call loopback, but not without its own Origin or host name. */
export const refuseBrowsers: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? '';
  if (!ownHosts.has(host.replace(/:\d+$/, ''))) {
    return context.json(refusal('unauthorized', `this API is not served as "${host}"`), 403);
  }
  if (context.req.header('origin') !== undefined) {
    return context.json(refusal('unauthorized', 'this API is not for web pages'), 403);
  }
  return next();
};

export function requireToken(token: string): MiddlewareHandler {
  const message = refusal('unauthorized', 'send the token as "Authorization: Bearer <token>"');
  return bearerAuth({
    token,
    noAuthenticationHeader: { message },
    invalidAuthenticationHeader: { message },
    invalidToken: { message: refusal('unauthorized', 'this is not the token of this platform') },
  });
}

export const limitBody = bodyLimit({
  maxSize: largestBodyBytes,
  onError: (context) =>
    // The rest of the body stays unread, so the connection is of no more use.
    context.json(refusal('invalid', `a body may have at most ${largestBodyBytes} bytes`), 413, {
      connection: 'close',
    }),
});
