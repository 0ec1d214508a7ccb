import type { Logger } from '@temporalio/worker';
import { DefaultLogger, Runtime, type TelemetryOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { tracing } from '../src/adapters/telemetry/tracing.ts';
import type { Config } from '../src/config/config.ts';
import { spanOfRun } from '../src/policies/observability/trace-context.ts';

/**
 * Sends the SDK's log and our own to stdout as one JSON line each, and lets the SDK tell its metrics
 * at an address of its own. Before any connection is made.
 */
export function installRuntime(
  level: Config['logLevel'],
  metricsAddress?: Config['sdkMetricsAddress'],
): Logger {
  const lines = pino({
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    // The SDK's word for it; without this a line has the error's name, and not what it says.
    serializers: { error: pino.stdSerializers.err },
  });
  const write = {
    TRACE: lines.trace,
    DEBUG: lines.debug,
    INFO: lines.info,
    WARN: lines.warn,
    ERROR: lines.error,
  } as const;
  const sdkLevel = level.toUpperCase() as Uppercase<Config['logLevel']>;
  const logger = new DefaultLogger(sdkLevel, ({ level: at, message, meta }) => {
    write[at].call(lines, { ...traceOf(meta), ...meta }, message);
  });
  Runtime.install({ logger, ...(metricsAddress && telemetry(metricsAddress)) });
  return logger;
}

/** A run whose sender does not trace knows of no trace; the worker does. */
function traceOf(meta: Record<string, unknown> = {}): Record<string, string> {
  const { runId } = meta;
  return typeof runId === 'string' && tracing() !== undefined ? { ...spanOfRun(runId) } : {};
}

function telemetry(bindAddress: string): { telemetryOptions: TelemetryOptions } {
  const prometheus = {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  return { telemetryOptions: { metrics: { prometheus } } };
}
