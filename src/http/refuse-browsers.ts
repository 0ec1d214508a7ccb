import type { MiddlewareHandler } from 'hono';

const ownHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** A web page can make a browser call loopback, but not without its own Origin or host name. */
export const refuseBrowsers: MiddlewareHandler = async (context, next) => {
  const host = context.req.header('host') ?? '';
  if (!ownHosts.has(host.replace(/:\d+$/, ''))) {
    return context.json(
      { error: { code: 'unauthorized', message: `this API is not served as "${host}"` } },
      403,
    );
  }
  if (context.req.header('origin') !== undefined) {
    return context.json(
      { error: { code: 'unauthorized', message: 'this API is not for web pages' } },
      403,
    );
  }
  return next();
};
