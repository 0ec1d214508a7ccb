/** An agent that is killed where its trap says; everything else is as in workers/agent. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { createStartWatchdog } from '../../src/agent/watchdog/start-watchdog.ts';
import { loadAgentSettings } from '../../src/config/agent-file.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { AgentMetrics } from '../../src/telemetry/metrics/agent-metrics.ts';
import { openBreakers } from '../../workers/breakers.ts';
import { installRuntime } from '../../workers/runtime.ts';
import { startAgent } from '../../workers/start-agent.ts';

const given = z
  .object({ settings: z.string(), trap: z.string(), watchdog: z.array(z.string()) })
  .parse(JSON.parse(process.argv[2] ?? ''));

/** Ends by SIGKILL where the trap was set for this place. */
function reach(place: string): void {
  if (!existsSync(given.trap) || readFileSync(given.trap, 'utf8') !== place) return;
  rmSync(given.trap);
  writeFileSync(`${given.trap}.sprung`, place);
  process.kill(process.pid, 'SIGKILL');
}

const config = loadConfig();
const settings = await loadAgentSettings(given.settings, config);
const logger = installRuntime(config.logLevel);
const start = createStartWatchdog(given.watchdog);
const agent = await startAgent(
  {
    ...{ config, settings, logger, metrics: new AgentMetrics(settings.name) },
    temporal: openBreakers(config, logger).guard('temporal'),
  },
  {
    interceptors: [
      () => ({
        inbound: {
          async execute(input, next) {
            reach('before-record');
            const result = await next(input);
            reach('after-result');
            return result;
          },
        },
      }),
    ],
    startWatchdog: async (job) => {
      reach('after-record');
      const started = await start(job);
      reach('after-spawn');
      return started;
    },
  },
);
process.once('SIGTERM', () => agent.shutdown());
const running = agent.run();
process.stdout.write('polling\n');
await running;
await agent.close();
