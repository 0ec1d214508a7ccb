/**
 * Carries the trace of whoever started a run to everything that the run asks for, and tells the
 * worker what has ended. Spans are made there: OpenTelemetry would cost every open rollout memory.
 */
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';
import { ApplicationFailure, ContinueAsNew, proxySinks, workflowInfo } from '@temporalio/workflow';
import { deployUpdate, type DeployRequest } from '../../src/contracts/kernel/messages.ts';
import {
  traceHeader,
  type HandledMessage,
  type TraceCarrier,
  type TraceReports,
} from '../../src/contracts/kernel/tracing.ts';
import { serviceOfWorkflow } from '../../src/policies/kernel/observability/service-of-workflow.ts';
import {
  carryOn,
  readCarrier,
  spanOfRun,
} from '../../src/policies/kernel/observability/trace-context.ts';

const { traces } = proxySinks<{ traces: Pick<TraceReports, keyof TraceReports> }>();

export const interceptors: WorkflowInterceptorsFactory = () => {
  let hasBegun = false;
  let sender: TraceCarrier | undefined;
  let carried: Headers = {};
  const deploys = new Map<string, TraceCarrier>();

  const startedBy = () => sender;
  const withTrace = <Input extends { headers: Headers }>(input: Input): Input => ({
    ...input,
    headers: { ...carried, ...input.headers },
  });
  /** A successor belongs to the trace of the deploy that asked for it, any other run to this one's. */
  const senderOfNext = (args: unknown[]) => {
    const [, request] = args as [unknown, Partial<DeployRequest>?];
    return deploys.get(request?.requestId ?? '') ?? sender;
  };

  return {
    inbound: [
      {
        execute(input, next) {
          hasBegun = true;
          sender = carrierIn(input.headers);
          if (sender !== undefined) carried = headerOf(carryOn(sender, workflowInfo().runId));
          return onceEnded(next(input), (error) =>
            traces.runEnded({ ...(sender && { sender }), ...error }),
          );
        },
        handleUpdate(input, next) {
          const from = carrierIn(input.headers);
          if (from === undefined) return next(input);
          const [, request] = input.args as [unknown, Partial<DeployRequest>?];
          if (input.name === deployUpdate && typeof request?.requestId === 'string') {
            deploys.set(request.requestId, from);
          }
          return onceEnded(
            next(input),
            report({ kind: 'update', name: input.name, sender: from }, startedBy),
          );
        },
        handleSignal(input, next) {
          const from = carrierIn(input.headers);
          if (from === undefined) return next(input);
          const message = { kind: 'signal', name: input.signalName, sender: from } as const;
          return onceEnded(next(input), report(message, startedBy));
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(withTrace(input)),
        scheduleLocalActivity: (input, next) => next(withTrace(input)),
        startChildWorkflowExecution: (input, next) => next(withTrace(input)),
        signalWorkflow: (input, next) => next(withTrace(input)),
        continueAsNew(input, next) {
          const from = senderOfNext(input.args);
          return next({ ...input, headers: { ...(from && headerOf(from)), ...input.headers } });
        },
        getLogAttributes(input, next) {
          const { workflowId, runId } = workflowInfo();
          return next({
            ...input,
            ...serviceOfWorkflow(workflowId),
            ...(hasBegun && spanOfRun(runId, sender)),
          });
        },
      },
    ],
  };
};

function report(
  message: Pick<HandledMessage, 'kind' | 'name' | 'sender'>,
  startedBy: () => TraceCarrier | undefined,
) {
  const startedAtMs = Date.now();
  return (error: { error?: string }) => {
    const starter = startedBy();
    const run = { ...message, ...(starter && { starter }), ...error };
    traces.messageHandled({ ...run, startedAtMs, endedAtMs: Date.now() });
  };
}

/** Tells of it beside it: the promise stays the same one, so a replay meets no other order. */
function onceEnded<T>(going: Promise<T>, tell: (error: { error?: string }) => void): Promise<T> {
  void going.then(
    () => tell({}),
    (error: unknown) => tell(error instanceof ContinueAsNew ? {} : { error: typeOf(error) }),
  );
  return going;
}

function typeOf(error: unknown): string {
  if (error instanceof ApplicationFailure && error.type) return error.type;
  return error instanceof Error ? error.name : 'Error';
}

function headerOf(carrier: TraceCarrier): Headers {
  return { [traceHeader]: defaultPayloadConverter.toPayload(carrier) };
}

/** A header that cannot be decoded must not stop the workflow. */
function carrierIn({ [traceHeader]: header }: Headers): TraceCarrier | undefined {
  if (header === undefined) return undefined;
  try {
    return readCarrier(defaultPayloadConverter.fromPayload(header));
  } catch {
    return undefined;
  }
}
