import { context, propagation, SpanKind, SpanStatusCode } from '@opentelemetry/api';
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { inSpan } from './in-span.ts';

/** A span for each request, in the trace that its traceparent names. Place it behind the guards. */
export const serveTraced: MiddlewareHandler = (served, next) => {
  const { method, path } = served.req;
  const parent = propagation.extract(context.active(), served.req.header());
  const attributes = { 'http.request.method': method, 'url.path': path };
  return inSpan({ name: method, kind: SpanKind.SERVER, parent, attributes }, async (span) => {
    await next();
    const route = routePath(served, -1);
    span.updateName(`${method} ${route}`);
    span.setAttributes({ 'http.route': route, 'http.response.status_code': served.res.status });
    if (served.res.status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
  });
};
