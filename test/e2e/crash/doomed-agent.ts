/** An agent that is struck where its trap says; everything else is as in workers/agent. */
import { writeFileSync } from 'node:fs';
import { z } from 'zod';
import { createStartWatchdog } from '../../../src/agent/watchdog/start-watchdog.ts';
import { loadAgentSettings } from '../../../src/config/agent-file.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { AgentMetrics } from '../../../src/telemetry/metrics/agent-metrics.ts';
import { openBreakers } from '../../../workers/breakers.ts';
import { installRuntime } from '../../../workers/runtime.ts';
import { startAgent } from '../../../workers/start-agent.ts';
import { actFailpoints } from './act-failpoints.ts';
import { Failpoints, readTrap } from './failpoints.ts';

const given = z
  .object({
    settings: z.string(),
    trap: z.string(),
    ready: z.string(),
    watchdog: z.string().array(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

const failpoints = new Failpoints(() => readTrap(given.trap));
const config = loadConfig();
const settings = await loadAgentSettings(given.settings, config);
const logger = installRuntime(config.logLevel);
const startWatchdog = createStartWatchdog(given.watchdog);
const agent = await startAgent(
  {
    ...{ config, settings, logger, metrics: new AgentMetrics(settings.name) },
    temporal: openBreakers(config, logger).guard('temporal'),
  },
  {
    interceptors: [actFailpoints(failpoints)],
    startWatchdog: async (job) => {
      const { runRef, step } = job.record.act;
      const place = failpoints.name('startWatchdog', `${runRef}/${step}`);
      await failpoints.reach(`${place}:before`);
      const started = await startWatchdog(job);
      await failpoints.reach(`${place}:after`);
      return started;
    },
  },
);
process.once('SIGTERM', () => agent.shutdown());
const running = agent.run();
writeFileSync(given.ready, String(process.pid));
await running;
await agent.close();
