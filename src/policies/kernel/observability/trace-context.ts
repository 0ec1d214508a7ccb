import type { SpanIds, TraceCarrier } from '../../../contracts/kernel/tracing.ts';

const traceparent = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;

/** Undefined for what is no W3C trace context. */
function readTraceparent(text: string): (SpanIds & { flags: string }) | undefined {
  const [, traceId = '', spanId = '', flags = ''] = traceparent.exec(text) ?? [];
  return /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(spanId)
    ? { traceId, spanId, flags }
    : undefined;
}

/** Anyone can send a carrier: one that cannot be read counts as absent. */
export function readCarrier(given: unknown): TraceCarrier | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { traceparent: parent, tracestate: state } = given as Partial<Record<string, unknown>>;
  if (typeof parent !== 'string' || readTraceparent(parent) === undefined) return undefined;
  return { traceparent: parent, ...(typeof state === 'string' && { tracestate: state }) };
}

/**
 * The span that stands for a run: the same wherever and whenever it is asked for, so that activities
 * name as their parent what is only sent when the run has ended, by whichever worker that is. A run
 * whose sender does not trace has a trace of its own, named by its run ID.
 */
export function spanOfRun(runId: string, sender?: TraceCarrier): SpanIds {
  const digits = runId.replaceAll('-', '').toLowerCase();
  const traceId = sender && readTraceparent(sender.traceparent)?.traceId;
  return { traceId: traceId ?? digits, spanId: digits.slice(16) };
}

/** What goes along with everything that a run asks for. */
export function carryOn(sender: TraceCarrier, runId: string): TraceCarrier {
  const { traceId, spanId } = spanOfRun(runId, sender);
  const flags = readTraceparent(sender.traceparent)?.flags ?? '00';
  return { ...sender, traceparent: `00-${traceId}-${spanId}-${flags}` };
}
