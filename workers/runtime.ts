import type { Logger } from '@temporalio/worker';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { pino } from 'pino';
import type { Config } from '../src/config/config.ts';

/** Sends the SDK's log and our own to stdout as one JSON line each. Before any connection is made. */
export function installRuntime(level: Config['logLevel']): Logger {
  const lines = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const write = {
    TRACE: lines.trace,
    DEBUG: lines.debug,
    INFO: lines.info,
    WARN: lines.warn,
    ERROR: lines.error,
  } as const;
  const sdkLevel = level.toUpperCase() as Uppercase<Config['logLevel']>;
  const logger = new DefaultLogger(sdkLevel, ({ level: at, message, meta }) => {
    write[at].call(lines, { ...meta }, message);
  });
  Runtime.install({ logger });
  return logger;
}
