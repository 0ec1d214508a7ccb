import { pino, type Logger } from 'pino';
import { openLedger } from '../src/adapters/ledger/open-ledger.ts';
import { activeSpan } from '../src/adapters/telemetry/open-telemetry/active-span.ts';
import { startTracing } from '../src/adapters/telemetry/tracing.ts';
import { connectClient } from '../src/adapters/temporal/connection.ts';
import { nameLedger } from '../src/adapters/ledger/name-ledger.ts';
import { nameInstallation } from '../src/adapters/temporal/installation.ts';
import { ensureSearchAttributes } from '../src/adapters/temporal/search-attributes.ts';
import type { Config } from '../src/config/config.ts';
import { createAlertLedger } from '../src/contracts/rollouts/alert-ledger.ts';
import { homeLayout } from '../src/config/home.ts';
import { readIncidentPolicy } from '../src/config/incident-policy.ts';
import { InvalidConfig, loadConfig, type ConfigProblem } from '../src/config/load-config.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { isLoopback, readCredentials } from '../src/http/credentials.ts';
import { openBreakers } from './breakers.ts';
import { openCaches, type OpenCaches } from '../src/adapters/caches/open-caches.ts';
import { serveHealth } from '../src/health/serve-health.ts';
import { exportBreakers } from '../src/telemetry/metrics/export-breakers.ts';
import { exportCaches } from '../src/telemetry/metrics/export-caches.ts';
import { GatewayMetrics } from '../src/telemetry/metrics/gateway-metrics.ts';
import { startGateway, type Gateway } from './start-gateway.ts';

/** The webhook of Alertmanager, and those of CI and chat. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const { credentials, incidentPolicy } = readFiles(config.gateway);
  const { isoTime } = pino.stdTimeFunctions;
  const log = pino({ level: config.logLevel, base: null, timestamp: isoTime, mixin: activeSpan });
  const tracing = await startTracing({
    service: 'belay-gateway',
    sendWithinMs: 3_000,
    warn: (line) => log.warn(line),
  });
  const unlimited = [...credentials.tokens, ...credentials.signingSecrets]
    .filter(({ scopes }) => scopes === undefined)
    .map(({ name = 'without a name' }) => name);
  if (unlimited.length > 0) {
    log.warn({ credentials: unlimited }, 'credentials without scopes may do everything');
  }
  const ledger = openLedger(config);
  const responses = createAlertLedger(ledger);
  const client = await connectClient(config);
  let caches: OpenCaches | undefined;
  try {
    await ensureSearchAttributes(client.connection, client.options.namespace);
    const breakers = openBreakers(config, {
      info: (message, fields) => log.info(fields, message),
      warn: (message, fields) => log.warn(fields, message),
    });
    const metrics = new GatewayMetrics();
    exportBreakers(metrics.registry, () => breakers.reports());
    const { connection, options } = client;
    caches = openCaches(config, {
      of: `${await nameInstallation(connection, options.namespace)}/${nameLedger(config)}`,
      guardOf: (dependency) => breakers.guard(dependency),
    });
    exportCaches(metrics.registry, caches.reports);
    const gateway = await startGateway({
      ...{
        config,
        client,
        responses,
        objectives: ledger.objectives,
        credentials,
        incidentPolicy,
        log,
        metrics,
        breakers,
        caches,
      },
      unreadyMs: isLoopback(config.gateway.address) ? 0 : Math.min(unreadyMs, config.drainMs / 3),
    });
    try {
      await serve(gateway, config, { metrics, log });
    } finally {
      await gateway.close();
    }
  } finally {
    await caches?.close();
    await client.connection.close();
    await ledger.close();
    await tracing?.stop();
  }
}

/** Throws InvalidConfig with the problems of all of them. */
function readFiles(settings: Config['gateway']) {
  const problems: ConfigProblem[] = [];
  const read = <Read>(reader: () => Read): Read | undefined => {
    try {
      return reader();
    } catch (error) {
      if (!(error instanceof InvalidConfig)) throw error;
      problems.push(...error.problems);
      return undefined;
    }
  };
  const credentials = read(() => readCredentials(settings));
  const incidentPolicy = read(() => readIncidentPolicy(settings.incidentPolicyFile));
  if (credentials === undefined || incidentPolicy === undefined) throw new InvalidConfig(problems);
  return { credentials, incidentPolicy };
}

async function serve(
  { url, health, close }: Gateway,
  { home, health: at }: Config,
  { metrics, log }: { metrics: GatewayMetrics; log: Logger },
): Promise<void> {
  const runFile = homeLayout(home).gatewayRun;
  const served = at && (await serveHealth(at, health, metrics));
  try {
    await writeRunFile(runFile, { ...(await identifySelf()), url, health: served?.url });
    log.info({ url, pid: process.pid }, 'listening');
    await untilToldToStop();
    await close();
  } finally {
    await served?.close();
    await removeRunFile(runFile);
  }
}

/** What sends requests here from elsewhere needs a moment to learn that it must not any more. */
const unreadyMs = 5_000;

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
