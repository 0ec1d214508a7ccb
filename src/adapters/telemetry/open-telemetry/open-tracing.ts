import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { setGlobalErrorHandler, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import {
  defaultResource,
  detectResources,
  envDetector,
  resourceFromAttributes,
} from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { packageVersion } from '../../../config/package-version.ts';
import type { Tracing, TracingOptions } from '../tracing-interface.ts';
import { inSpan } from './in-span.ts';
import { PlannedIds } from './planned-ids.ts';
import { traceFetch, traceRequest } from './requests.ts';
import { reportTrouble } from './trouble-reporting-exporter.ts';
import { traceClient } from './trace-client.ts';

/** Long enough to report an attempt that fails at the last moment. */
const toBeToldMs = 250;

/**
 * OpenTelemetry for this process, set by its own OTEL_* variables. Spans wait in a bounded queue and
 * are sent behind the back of whatever made them; those that do not fit are dropped.
 */
export function openTracing(options: TracingOptions, collector: string): Tracing {
  const { service, sendWithinMs, warn } = options;
  const exporter = new OTLPTraceExporter({ timeoutMillis: sendWithinMs });
  const idGenerator = new PlannedIds();
  const provider = new BasicTracerProvider({
    idGenerator,
    resource: defaultResource()
      .merge(
        resourceFromAttributes({ 'service.name': service, 'service.version': packageVersion() }),
      )
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(reportTrouble(exporter, { collector, warn }))],
  });
  // The exporter's problems have been reported already; the default would write each one to stderr.
  setGlobalErrorHandler(() => {});
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
  const stopFetch = traceFetch();

  return {
    client: traceClient(),
    request: traceRequest,
    inSpan: (name, act) => inSpan({ name, parent: context.active() }, act),
    detached: (act) => context.with(ROOT_CONTEXT, act),
    planned: (ids, start) => idGenerator.with(ids, start),
    stop: async () => {
      stopFetch();
      for (const part of [trace, propagation, context]) part.disable();
      await settledWithin(provider.shutdown(), sendWithinMs + toBeToldMs);
    },
  };
}

async function settledWithin(settling: Promise<unknown>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([settling.catch(() => undefined), limit]);
  clearTimeout(timer);
}
