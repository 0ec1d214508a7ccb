import type { Tracing, TracingOptions } from './tracing-interface.ts';
/**
 * How this process traces, if it does. Nothing of OpenTelemetry is loaded before, so a command that
 * does not trace starts as fast as if there were no tracing.
 */

import { readTracingChoice } from '../../config/tracing-variables.ts';

let current: Tracing | undefined;

/** The tracing of this process; undefined if it does not trace. */
export function tracing(): Tracing | undefined {
  return current;
}

/** Outside of any trace: for work that outlives the act that started it. */
export function detached<T>(act: () => T): T {
  return current === undefined ? act() : current.detached(act);
}

/** Starts tracing if the OTEL_* variables are set. Once per process. */
export async function startTracing(options: TracingOptions): Promise<Tracing | undefined> {
  const choice = readTracingChoice(process.env);
  switch (choice.kind) {
    case 'off':
      return undefined;
    case 'unusable':
      options.warn(`No traces are sent: ${choice.why}`);
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
