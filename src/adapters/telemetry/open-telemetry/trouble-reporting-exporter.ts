import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

interface TroubleReporting {
  /** Its address, for messages. */
  collector: string;
  warn: (line: string) => void;
}

/** Reports once when the collector stops accepting spans, and once when it accepts them again. */
export function reportTrouble(
  exporter: SpanExporter,
  { collector, warn }: TroubleReporting,
): SpanExporter {
  let isInTrouble = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !isInTrouble) {
          const why = result.error?.message ?? 'it did not say why';
          warn(`Traces do not reach ${collector} (${why}); nothing else waits for them`);
        }
        if (!failed && isInTrouble) warn(`Traces reach ${collector} again`);
        isInTrouble = failed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
