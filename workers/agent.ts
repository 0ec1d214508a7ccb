import type { Logger } from '@temporalio/worker';
import { startTracing } from '../src/adapters/telemetry/tracing.ts';
import { loadAgentSettings } from '../src/config/agent-file.ts';
import type { Config } from '../src/config/config.ts';
import { homeLayout } from '../src/config/home.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { serveHealth } from '../src/health/serve-health.ts';
import { identifySelf } from '../src/processes/identity.ts';
import { removeRunFile, writeRunFile } from '../src/processes/run-file.ts';
import { AgentMetrics } from '../src/telemetry/metrics/agent-metrics.ts';
import { exportBreakers } from '../src/telemetry/metrics/export-breakers.ts';
import { openBreakers } from './breakers.ts';
import { installRuntime } from './runtime.ts';
import { startAgent, type Agent } from './start-agent.ts';

/** The worker on a host that does there what only can be done there: commands and probes. */
async function main(file: string): Promise<void> {
  const config = loadConfig(process.env);
  const settings = await loadAgentSettings(file, config);
  const logger = installRuntime(config.logLevel, config.sdkMetricsAddress);
  const tracing = await startTracing({
    service: 'belay-agent',
    sendWithinMs: 3_000,
    warn: (line) => {
      logger.warn(line);
    },
  });
  const metrics = new AgentMetrics(settings.name);
  const breakers = openBreakers(config, logger);
  exportBreakers(metrics.registry, () => breakers.reports());
  let agent: Agent | undefined;
  const health =
    config.health &&
    (await serveHealth(
      config.health,
      {
        states: () => agent?.states(),
        components: async () => agent?.components() ?? [],
        breakers: () => breakers.reports(),
      },
      metrics,
    ));
  try {
    const temporal = breakers.guard('temporal');
    agent = await startAgent({ config, settings, metrics, logger, temporal });
    await poll(agent, config, logger);
  } finally {
    await agent?.close();
    await health?.close();
    await tracing?.stop();
  }
}

async function poll(agent: Agent, config: Config, logger: Logger): Promise<void> {
  const { name, commands, probes, more = {} } = agent.description;
  const runFile = homeLayout(config.home).agentRun(name);
  const running = agent.run();
  await writeRunFile(runFile, { ...(await identifySelf()), name });
  for (const { name: what, unavailable } of [
    ...commands,
    ...probes,
    ...Object.values(more).flat(),
  ]) {
    if (unavailable !== undefined) logger.warn('not possible on this host', { what, unavailable });
  }
  logger.info('polling', { agent: name, pid: process.pid });
  try {
    await running;
  } finally {
    await removeRunFile(runFile);
  }
}

try {
  await main(process.argv[2] ?? '');
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
