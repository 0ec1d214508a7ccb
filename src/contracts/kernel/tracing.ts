/** W3C trace context as it travels with a message to a workflow, and from there to its activities. */
export interface TraceCarrier {
  traceparent: string;
  tracestate?: string;
}

export interface SpanIds {
  traceId: string;
  spanId: string;
}

/** The header that Temporal's own tracing interceptors use, so that other clients' traces go on here. */
export const traceHeader = '_tracer-data';

/** How a run ended: the type of what it threw, if it did. */
export interface EndedRun {
  /** Of whoever started it; absent where they do not trace. */
  sender?: TraceCarrier;
  error?: string;
}

/** An update or a signal that has been dealt with. */
export interface HandledMessage {
  kind: 'update' | 'signal';
  name: string;
  sender: TraceCarrier;
  /** Of whoever started the run that it was for. */
  starter?: TraceCarrier;
  startedAtMs: number;
  endedAtMs: number;
  error?: string;
}

/** What the workflow side of tracing tells the worker, never while a history is replayed. */
export interface TraceReports {
  runEnded(run: EndedRun): void;
  messageHandled(message: HandledMessage): void;
}
