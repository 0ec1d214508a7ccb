import { Worker } from '@temporalio/worker';
import { createHostFaultActivities } from '../../../activities/chaos/host-faults.ts';
import { createAgentActivities } from '../../../activities/kernel/agent.ts';
import { FaultyHost, type AgentPrograms } from '../../../scripts/faulty-host/faulty-host.ts';
import { agentTaskQueue } from '../../../src/contracts/kernel/agent.ts';
import type { ChaosSettings } from '../../../src/specs/chaos/agent-settings.ts';
import type { MeasuredSystem } from '../../system/measured-system.ts';
import { connectAgents } from '../connect-agents.ts';

interface FaultyAgentOptions {
  programs: AgentPrograms;
  /** What is hit; absent: it answers whatever happens to it. */
  server?: string;
  /** Beyond its process, and CPU time and memory of the host. */
  settings?: Partial<ChaosSettings>;
}

/** A real process that experiments hit by a real agent, which the benchmark runs itself. */
export async function withFaultyAgent<T>(
  system: MeasuredSystem,
  { programs, server, settings }: FaultyAgentOptions,
  act: (host: FaultyHost) => Promise<T>,
): Promise<T> {
  const host = await FaultyHost.open(programs, server);
  const { connection, namespace } = await connectAgents(system);
  try {
    await host.closeAgent();
    await host.openAgent({ ...host.settings(), ...settings });
    const worker = await Worker.create({
      ...{ connection, namespace, taskQueue: agentTaskQueue(host.agent) },
      activities: {
        ...createAgentActivities(host.host),
        ...createHostFaultActivities(host.agent, host.chaos),
      },
    });
    return await worker.runUntil(act(host));
  } finally {
    await host.dispose();
    await connection.close();
  }
}
