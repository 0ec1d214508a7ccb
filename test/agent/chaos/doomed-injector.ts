/**
 * An agent that injects a fault, as a process that can be killed at any moment. Argument: a DoomedJob.
 */
import { targetOf } from '../../../scripts/faulty-host/faulty-host.ts';
import { openChaos } from '../../../src/agent/chaos/open-chaos.ts';
import { openHost } from '../../../src/agent/host.ts';
import { unattended } from '../../../src/agent/unattended.ts';
import { createStartWatchdog } from '../../../src/agent/watchdog/start-watchdog.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../../src/specs/chaos/agent-settings.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';

export interface DoomedJob {
  agent: string;
  stateFolder: string;
  settings: ChaosSettings;
  watchdog: string[];
  program: string[];
  fault: HostFault;
  forMs: number;
}

const { agent, stateFolder, settings, watchdog, program, fault, forMs } = JSON.parse(
  process.argv[2] ?? '',
) as DoomedJob;

const host = await openHost({
  settings: { name: agent, stateFolder, commands: [], probes: [] },
  startWatchdog: createStartWatchdog(watchdog),
  onError: () => undefined,
  onSwept: () => undefined,
});
const chaos = openChaos({
  ...{ agent, settings, host, program, stateFolder },
  servers: async () => [],
});
const target = targetOf(fault);
const call = { contract: agentContract, agent, target, fault, durationMs: forMs };
const { process: identity } = await chaos.examineTarget(call, unattended);
process.stdout.write('injecting\n');
const act = { runRef: '20261129T080000Z-0a1b2c3d', step: 1 };
await chaos.injectFault({ ...call, ...(identity && { identity }), act, forMs }, unattended);
process.stdout.write('injected\n');
