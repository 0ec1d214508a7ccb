/** The local platform as a separate process; its options are in src/local-platform/options.ts. */
import pino from 'pino';
import { activeSpan } from '../adapters/telemetry/open-telemetry/active-span.ts';
import { startTracing } from '../adapters/telemetry/tracing.ts';
import { startDaemon } from './daemon.ts';
import { readOptions } from './options.ts';

const stopRequested = new Promise<string>((resolve) => {
  process.on('SIGTERM', resolve);
  process.on('SIGINT', resolve);
});

const log = pino({ mixin: activeSpan });
try {
  const { home, port, logLevel } = readOptions(process.argv.slice(2));
  log.level = logLevel;
  const tracing = await startTracing({
    service: 'belay-local-platform',
    sendWithinMs: 3_000,
    warn: (line) => log.warn(line),
  });
  const daemon = await startDaemon({ home, port, log });
  log.info({ url: daemon.url }, 'local platform ready');
  log.info({ signal: await stopRequested }, 'stopping');
  await daemon.stop();
  await tracing?.stop();
  log.info('stopped');
  process.exit(0);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
