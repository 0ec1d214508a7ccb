/** The local platform as a process of its own; src/local-platform/options.ts says what it takes. */
import pino from 'pino';
import { startDaemon } from './daemon.ts';
import { readOptions } from './options.ts';

const stopRequested = new Promise<string>((resolve) => {
  process.on('SIGTERM', resolve);
  process.on('SIGINT', resolve);
});

const log = pino();
try {
  const { home, port, logLevel } = readOptions(process.argv.slice(2));
  log.level = logLevel;
  const daemon = await startDaemon({ home, port, log });
  log.info({ url: daemon.url }, 'local platform ready');
  log.info({ signal: await stopRequested }, 'stopping');
  await daemon.stop();
  log.info('stopped');
  process.exit(0);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
