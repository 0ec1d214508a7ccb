import { setFlagsFromString } from 'node:v8';
import type { Logger } from '@temporalio/worker';
import { startTracing } from '../src/adapters/telemetry/tracing.ts';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { homeLayout } from '../src/config/home.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { openBreakers } from './breakers.ts';
import { serveHealth } from '../src/health/serve-health.ts';
import { BelayMetrics } from '../src/telemetry/metrics/belay-metrics.ts';
import { exportBreakers } from '../src/telemetry/metrics/export-breakers.ts';
import { exportCaches } from '../src/telemetry/metrics/export-caches.ts';
import { installRuntime } from './runtime.ts';
import { startControl, type Control } from './start-control.ts';

/**
 * What V8 lets the heap of a thread grow by before it collects garbage. Its own choice, up to four
 * times, is for programs that are alone: a worker's heap is nearly all open runs, which stay.
 */
const heapGrowthPercent = 15;
setFlagsFromString(`--heap-growing-percent=${heapGrowthPercent}`);

/** The worker that runs rollouts: workflows and acts on one queue, watches on another. */
async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = installRuntime(config.logLevel, config.sdkMetricsAddress);
  const tracing = await startTracing({
    service: 'belay-worker',
    sendWithinMs: 3_000,
    warn: (line) => {
      logger.warn(line);
    },
  });
  const metrics = new BelayMetrics();
  const breakers = openBreakers(config, logger);
  exportBreakers(metrics.registry, () => breakers.reports());
  let control: Control | undefined;
  exportCaches(metrics.registry, () => control?.caches() ?? []);
  // Before Temporal is asked for anything: whoever waits for that can be told.
  const health =
    config.health &&
    (await serveHealth(
      config.health,
      {
        states: () => control?.states(),
        components: async () => control?.components() ?? [],
        breakers: () => breakers.reports(),
        caches: () => control?.caches() ?? [],
      },
      metrics,
    ));
  try {
    control = await startControl(config, {}, metrics, breakers);
    await poll(control, config, logger, health?.url);
  } finally {
    await control?.close();
    await health?.close();
    await tracing?.stop();
  }
}

async function poll(
  control: Control,
  config: Config,
  logger: Logger,
  health?: string,
): Promise<void> {
  const runFile = homeLayout(config.home).workerRun(process.pid);
  const running = control.run();
  await writeRunFile(runFile, {
    ...(await identifySelf()),
    taskQueue: config.taskQueue,
    ...(health !== undefined && { health }),
  });
  logger.info('polling', { taskQueue: config.taskQueue, pid: process.pid });
  try {
    await running;
  } finally {
    await removeRunFile(runFile);
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
