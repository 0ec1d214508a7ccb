import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
} from '@opentelemetry/api';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { tracerName } from './tracer-name.ts';
import type { OutgoingRequest, TracedRequest } from '../tracing-interface.ts';

/** Traces requests that are sent with `fetch` within a span. Returns a function that stops it. */
export function traceFetch(): () => void {
  const instrumentation = new UndiciInstrumentation({
    requireParentforSpans: true,
    startSpanHook: ({ origin, path }) => describeUrl(new URL(path, origin)),
  });
  return () => instrumentation.disable();
}

/** Traces one request of node:http, if it is sent from within a span. */
export function traceRequest({ method, url, hidesPath }: OutgoingRequest): TracedRequest {
  if (trace.getActiveSpan() === undefined) return untraced;
  const shown = hidesPath ? new URL('/', url) : url;
  const span = trace.getTracer(tracerName).startSpan(method, {
    kind: SpanKind.CLIENT,
    attributes: {
      'http.request.method': method,
      'server.address': url.hostname,
      'server.port': Number(url.port || (url.protocol === 'https:' ? 443 : 80)),
      ...describeUrl(shown),
    },
  });
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(context.active(), span), headers);
  return {
    headers,
    answered(status) {
      span.setAttribute('http.response.status_code', status);
      if (status >= 400) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
    failed(why) {
      if (!span.isRecording()) return;
      span.setAttribute('error.type', why);
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** A query or a user name may contain a secret. */
function describeUrl({ origin, pathname }: URL): Attributes {
  return { 'url.full': origin + pathname, 'url.path': pathname, 'url.query': undefined };
}

const untraced: TracedRequest = { headers: {}, answered: () => {}, failed: () => {} };
