import { SpanStatusCode, trace, TraceFlags, type Span } from '@opentelemetry/api';
import type { InjectedSinks } from '@temporalio/worker';
import type { WorkflowInfo } from '@temporalio/workflow';
import { tracerName } from '../../adapters/telemetry/open-telemetry/tracer-name.ts';
import type { EndedRun, HandledMessage, TraceReports } from '../../contracts/kernel/tracing.ts';
import { spanOfRun } from '../../policies/kernel/observability/trace-context.ts';
import { contextOf, type RunSpans } from './run-spans.ts';

type TraceSinks = InjectedSinks<{ traces: Pick<TraceReports, keyof TraceReports> }>;

/** Creates spans for what workflows report as ended. A replay reports nothing, so none is sent twice. */
export function traceWorkflows(runs: RunSpans): TraceSinks {
  return {
    traces: {
      runEnded: {
        fn: (info, { sender, error }: EndedRun) => {
          end(runs.start(info, sender, info.runStartTime), error);
        },
      },
      messageHandled: { fn: (info, message: HandledMessage) => endOfMessage(info, message) },
    },
  };
}

/** For workers that do not trace: workflows report to it in any case. */
export const untracedWorkflows: TraceSinks = {
  traces: { runEnded: { fn: () => {} }, messageHandled: { fn: () => {} } },
};

/** In the trace of its sender, with a link to the run that received it. */
function endOfMessage(info: WorkflowInfo, message: HandledMessage): void {
  const { kind, name, sender, starter, startedAtMs, endedAtMs, error } = message;
  const handled = kind === 'update' ? 'HandleUpdate' : 'HandleSignal';
  const span = trace.getTracer(tracerName).startSpan(
    `${handled}:${name}`,
    {
      startTime: startedAtMs,
      links: [{ context: { ...spanOfRun(info.runId, starter), traceFlags: TraceFlags.NONE } }],
      attributes: { temporalWorkflowID: info.workflowId, temporalRunID: info.runId },
    },
    contextOf(sender),
  );
  end(span, error, endedAtMs);
}

function end(span: Span, error: string | undefined, atMs?: number): void {
  if (error !== undefined) {
    span.setAttribute('error.type', error);
    span.setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end(atMs);
}
