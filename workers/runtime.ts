import type { Logger } from '@temporalio/worker';
import { DefaultLogger, Runtime, type TelemetryOptions } from '@temporalio/worker';
import { pino } from 'pino';
import { tracing } from '../src/adapters/telemetry/tracing.ts';
import type { Config } from '../src/config/config.ts';

/** SIGUSR2, which the SDK takes for one of them, closes breakers here. */
const stopSignals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGQUIT'];

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
    write[at].call(lines, { ...meta, ...(tracing() === undefined && noTrace) }, message);
  });
  Runtime.install({
    logger,
    shutdownSignals: stopSignals,
    ...(metricsAddress && telemetry(metricsAddress)),
  });
  return logger;
}

/** A workflow cannot know that its worker does not trace; what is undefined is not written. */
const noTrace = { traceId: undefined, spanId: undefined };

function telemetry(bindAddress: string): { telemetryOptions: TelemetryOptions } {
  const prometheus = {
    bindAddress,
    countersTotalSuffix: true,
    unitSuffix: true,
    useSecondsForDurations: true,
  };
  return { telemetryOptions: { metrics: { prometheus } } };
}
