/**
 * How this process traces, if it does. Nothing of OpenTelemetry is loaded before, so a command that
 * does not trace starts as fast as if there were no tracing.
 */
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { readTracingChoice } from '../../config/tracing-variables.ts';
import type { SpanIds } from '../../contracts/tracing.ts';

export interface OutgoingRequest {
  method: string;
  url: URL;
  /** The path is a secret, as a chat's webhook address is: only the host is told. */
  hidesPath?: boolean;
}

/** One request on its way: what to send along, and how it ended. */
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
  apart<T>(act: () => T): T;
  /** Sends what is left, for a bounded time, and traces no more. Never rejects. */
  stop(): Promise<void>;
}

export interface TracingOptions {
  /** service.name, unless OTEL_SERVICE_NAME says another one. */
  service: string;
  /** Told once that spans do not arrive, and once that they do again. */
  tell: (line: string) => void;
  /** Longest time that sending may take, in milliseconds; `stop` waits hardly longer. */
  sendWithinMs: number;
}

let current: Tracing | undefined;

/** Of this process; undefined where it does not trace. */
export function tracing(): Tracing | undefined {
  return current;
}

/** Outside of any trace: for what outlives the act that happened to begin it. */
export function apart<T>(act: () => T): T {
  return current === undefined ? act() : current.apart(act);
}

/** Begins to trace where the OTEL_* variables say so. Once in a process. */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const choice = readTracingChoice(process.env);
  switch (choice.kind) {
    case 'off':
      return undefined;
    case 'unusable':
      options.tell(`No traces are sent: ${choice.why}`);
      return undefined;
    case 'on': {
      const { openTracing } = await import('./open-telemetry/open-tracing.ts');
      const opened = openTracing(options, choice.collector);
      current = {
        ...opened,
        stop: async () => {
          current = undefined;
          await opened.stop();
        },
      };
      return current;
    }
  }
}
