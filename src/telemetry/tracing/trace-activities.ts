import type { Context as ActivityContext } from '@temporalio/activity';
import {
  ApplicationFailure,
  defaultPayloadConverter,
  type Headers,
  type Payload,
} from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Context, Span } from '@opentelemetry/api';
import { inSpan } from '../../adapters/telemetry/open-telemetry/in-span.ts';
import { traceHeader, type TraceCarrier } from '../../contracts/kernel/tracing.ts';
import { readCarrier } from '../../policies/kernel/observability/trace-context.ts';
import { contextOf, type Run, type RunSpans } from './run-spans.ts';

type Info = ActivityContext['info'];

/** Every attempt of an activity is a span below its run's; the requests that it sends are below that. */
export function traceActivities(runs: RunSpans): ActivityInterceptorsFactory {
  return ({ info }) => {
    let span: Span | undefined;
    return {
      inbound: {
        execute: (input, next) =>
          inSpan(
            {
              name: `RunActivity:${info.activityType}`,
              parent: parentOf(input.headers, info, runs),
              attributes: describe(info),
              typeOf,
            },
            (started) => {
              span = started;
              return next(input);
            },
          ),
      },
      outbound: {
        getLogAttributes(input, next) {
          const { traceId, spanId } = span?.spanContext() ?? {};
          return next({ ...input, ...(traceId && { traceId, spanId }) });
        },
      },
    };
  };
}

function parentOf({ [traceHeader]: header }: Headers, info: Info, runs: RunSpans): Context {
  const carrier = header && carrierIn(header);
  return carrier ? contextOf(carrier) : runs.contextOfUntraced(runOf(info));
}

/** A header that cannot be decoded must not stop the activity. */
function carrierIn(header: Payload): TraceCarrier | undefined {
  try {
    return readCarrier(defaultPayloadConverter.fromPayload(header));
  } catch {
    return undefined;
  }
}

function runOf({ workflowType = '', workflowExecution }: Info): Run {
  return { workflowType, workflowId: '', runId: '', ...workflowExecution };
}

function describe(info: Info) {
  return {
    temporalWorkflowID: info.workflowExecution?.workflowId,
    temporalRunID: info.workflowExecution?.runId,
    temporalActivityID: info.activityId,
    'temporal.activity.attempt': info.attempt,
  };
}

function typeOf(error: unknown): string {
  if (error instanceof ApplicationFailure && error.type) return error.type;
  return error instanceof Error ? error.name : 'Error';
}
