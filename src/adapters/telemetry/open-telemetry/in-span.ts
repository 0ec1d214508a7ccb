import {
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';
import { tracerName } from './tracer-name.ts';

export interface SpanStart extends SpanOptions {
  name: string;
  parent: Context;
  /** Only the type of an error is recorded, because its message may quote anything. */
  typeOf?: (error: unknown) => string;
}

/** Runs an act within a span, which ends when the act does. */
export async function inSpan<T>(
  { name, parent, typeOf = nameOf, ...options }: SpanStart,
  act: (span: Span) => Promise<T>,
): Promise<T> {
  return trace.getTracer(tracerName).startActiveSpan(name, options, parent, async (span) => {
    try {
      return await act(span);
    } catch (error) {
      span.setAttribute('error.type', typeOf(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}
