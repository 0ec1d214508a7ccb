import { propagation, ROOT_CONTEXT, trace, type Context } from '@opentelemetry/api';
import { tracerName } from '../../adapters/telemetry/open-telemetry/tracer-name.ts';
import type { Tracing } from '../../adapters/telemetry/tracing-interface.ts';
import type { TraceCarrier } from '../../contracts/kernel/tracing.ts';
import { spanOfRun } from '../../policies/kernel/observability/trace-context.ts';

export interface Run {
  workflowType: string;
  workflowId: string;
  runId: string;
}

export type RunSpans = ReturnType<typeof createRunSpans>;

/** The spans of runs; the IDs of each are derived from its run ID. */
export function createRunSpans({ planned }: Pick<Tracing, 'planned'>) {
  const start = (run: Run, sender: TraceCarrier | undefined, startTime?: Date) =>
    planned(spanOfRun(run.runId, sender), () =>
      trace.getTracer(tracerName).startSpan(
        `RunWorkflow:${run.workflowType}`,
        {
          attributes: { temporalWorkflowID: run.workflowId, temporalRunID: run.runId },
          ...(startTime && { startTime }),
        },
        sender === undefined ? ROOT_CONTEXT : contextOf(sender),
      ),
    );

  return {
    /** For calls of a run that was started without a trace; sampled if the run itself is. */
    contextOfUntraced: (run: Run): Context =>
      trace.setSpanContext(ROOT_CONTEXT, start(run, undefined).spanContext()),

    start,
  };
}

export function contextOf(carrier: TraceCarrier): Context {
  return propagation.extract(ROOT_CONTEXT, carrier);
}
