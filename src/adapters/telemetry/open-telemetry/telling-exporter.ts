import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';

interface Telling {
  /** Its address, for people. */
  collector: string;
  tell: (line: string) => void;
}

/** Says once that the collector takes no spans, and once that it does again. */
export function tellOfTrouble(exporter: SpanExporter, { collector, tell }: Telling): SpanExporter {
  let isInTrouble = false;
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        if (failed && !isInTrouble) {
          const why = result.error?.message ?? 'it did not say why';
          tell(`Traces do not reach ${collector} (${why}); nothing else waits for them`);
        }
        if (!failed && isInTrouble) tell(`Traces reach ${collector} again`);
        isInTrouble = failed;
        done(result);
      }),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => exporter.shutdown(),
  };
}
