import { context, propagation, SpanKind } from '@opentelemetry/api';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { traceHeader } from '../../../contracts/kernel/tracing.ts';
import { inSpan } from './in-span.ts';

/**
 * Every start, message and update is a span, and carries its context to the workflow. Questions are
 * none: whoever watches a rollout asks every second.
 */
export function traceClient(): WorkflowClientInterceptor {
  return {
    startWithDetails: (input, next) =>
      sent(`StartWorkflow:${input.workflowType}`, input.options.workflowId, (trace) =>
        next({ ...input, headers: { ...input.headers, ...trace } }),
      ),
    signal: (input, next) =>
      sent(`SignalWorkflow:${input.signalName}`, input.workflowExecution.workflowId, (trace) =>
        next({ ...input, headers: { ...input.headers, ...trace } }),
      ),
    signalWithStart: (input, next) =>
      sent(`SignalWithStartWorkflow:${input.workflowType}`, input.options.workflowId, (trace) =>
        next({ ...input, headers: { ...input.headers, ...trace } }),
      ),
    startUpdate: (input, next) =>
      sent(`UpdateWorkflow:${input.updateName}`, input.workflowExecution.workflowId, (trace) =>
        next({ ...input, headers: { ...input.headers, ...trace } }),
      ),
    startUpdateWithStart: (input, next) =>
      sent(
        `UpdateWithStartWorkflow:${input.workflowType}`,
        input.workflowStartOptions.workflowId,
        (trace) =>
          next({
            ...input,
            workflowStartHeaders: { ...input.workflowStartHeaders, ...trace },
            updateHeaders: { ...input.updateHeaders, ...trace },
          }),
      ),
  };
}

function sent<T>(
  name: string,
  workflowId: string | undefined,
  send: (trace: Headers) => Promise<T>,
): Promise<T> {
  const attributes = { ...(workflowId !== undefined && { temporalWorkflowID: workflowId }) };
  const parent = context.active();
  return inSpan({ name, parent, kind: SpanKind.CLIENT, attributes }, () => {
    const carrier = {};
    propagation.inject(context.active(), carrier);
    return send({ [traceHeader]: defaultPayloadConverter.toPayload(carrier) });
  });
}
