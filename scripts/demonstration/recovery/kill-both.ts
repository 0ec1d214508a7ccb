import { expectThat } from '../expectation.ts';
import type { Machine } from '../machine.ts';
import { narrate } from '../narration.ts';

/** The worker and the agent, at once. */
export async function killBoth(machine: Machine, during: string): Promise<void> {
  const agent = await machine.agentPid();
  const pids = [...(await machine.workerPids()), ...(agent === undefined ? [] : [agent])];
  expectThat(pids.length === 2, 'there were a worker and an agent to kill');
  for (const pid of pids) process.kill(pid, 'SIGKILL');
  narrate.event(`SIGKILL to worker and agent (pids ${pids.join(', ')}) in the middle of ${during}`);
}
