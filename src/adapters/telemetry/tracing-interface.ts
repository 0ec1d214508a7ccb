import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { SpanIds } from '../../contracts/kernel/tracing.ts';

export interface OutgoingRequest {
  method: string;
  url: URL;
  /** The path is secret, like that of a chat's webhook: only the host is recorded. */
  hidesPath?: boolean;
}

/** A request in progress: the headers to send, and how it ended. */
export interface TracedRequest {
  headers: Record<string, string>;
  answered(status: number): void;
  /** Says nothing about one that was answered. `why`: a short, steady word. */
  failed(why: string): void;
}

export interface Tracing {
  /** Starts, messages and updates as spans that the workflow goes on from. */
  readonly client: WorkflowClientInterceptor;
  /** A span that is started in here has these IDs, not random ones. */
  planned<T>(ids: SpanIds, start: () => T): T;
  request(outgoing: OutgoingRequest): TracedRequest;
  inSpan<T>(name: string, act: () => Promise<T>): Promise<T>;
  detached<T>(act: () => T): T;
  /** Sends what is left, for a bounded time, and traces no more. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** service.name, unless OTEL_SERVICE_NAME says another one. */
  service: string;
  /** Called once when spans do not arrive, and once when they do again. */
  warn: (line: string) => void;
  /** The time limit for sending, in milliseconds; `stop` waits hardly longer. */
  sendWithinMs: number;
}
