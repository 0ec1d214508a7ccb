import { once } from 'node:events';
import { pino } from 'pino';
import { homeLayout } from '../src/config/home.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { startCodecServer } from './start-codec-server.ts';

/** Decrypts payloads for Temporal's Web UI and CLI. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { isoTime } = pino.stdTimeFunctions;
  const log = pino({ level: config.logLevel, base: null, timestamp: isoTime });
  const server = await startCodecServer(config, log);
  const { url } = server;
  const { codecRun } = homeLayout(config.home);
  await writeRunFile(codecRun, { ...(await identifySelf()), url });
  log.info({ url, pid: process.pid }, 'listening');
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
  await removeRunFile(codecRun);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
