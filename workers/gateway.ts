import { pino } from 'pino';
import { createFileAlertLedger } from '../src/adapters/ledger/file-alert-ledger.ts';
import { activeSpan } from '../src/adapters/telemetry/open-telemetry/active-span.ts';
import { startTracing } from '../src/adapters/telemetry/tracing.ts';
import { connectClient } from '../src/adapters/temporal/connection.ts';
import { ensureSearchAttributes } from '../src/adapters/temporal/search-attributes.ts';
import { homeLayout } from '../src/config/home.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { readCredentials } from './gateway/credentials.ts';
import { startGateway } from './start-gateway.ts';

/** The webhook of Alertmanager, and those of CI and chat. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const credentials = readCredentials(config.gateway);
  const { isoTime } = pino.stdTimeFunctions;
  const log = pino({ level: config.logLevel, base: null, timestamp: isoTime, mixin: activeSpan });
  const tracing = await startTracing({
    service: 'belay-gateway',
    sendWithinMs: 3_000,
    tell: (line) => log.warn(line),
  });
  const folders = homeLayout(config.home);
  const client = await connectClient(config);
  try {
    await ensureSearchAttributes(client.connection, client.options.namespace);
    const responses = createFileAlertLedger({ folder: folders.alertLedger });
    const gateway = await startGateway({ config, client, responses, credentials, log });
    const { url } = gateway;
    await writeRunFile(folders.gatewayRun, { ...(await identifySelf()), url });
    log.info({ url, pid: process.pid }, 'listening');
    await untilToldToStop();
    await gateway.close();
    await removeRunFile(folders.gatewayRun);
  } finally {
    await client.connection.close();
    await tracing?.stop();
  }
}

function untilToldToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
  });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
