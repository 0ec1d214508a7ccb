import { isSpanContextValid, trace } from '@opentelemetry/api';
import type { SpanIds } from '../../../contracts/kernel/tracing.ts';

/** For log lines that are written within a span. */
export function activeSpan(): SpanIds | Record<string, never> {
  const span = trace.getActiveSpan()?.spanContext();
  if (span === undefined || !isSpanContextValid(span)) return {};
  return { traceId: span.traceId, spanId: span.spanId };
}
