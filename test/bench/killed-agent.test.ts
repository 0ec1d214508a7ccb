import { afterEach, expect, it, vi } from 'vitest';
import { DoomedHost } from '../../bench/chaos/kills/doomed-host.ts';

const freeze = { written: { type: 'freeze' }, target: { process: 'web' } } as const;
/** There is no such process. */
const agentPid = 2 ** 30;

afterEach(() => vi.restoreAllMocks());

it('an agent that the benchmark has killed gets no other signal: its process ID may be that of another process', async () => {
  const system = { startAgent: async () => agentPid, whenRemoved: () => undefined };
  const signals = vi.spyOn(process, 'kill');
  const host = await DoomedHost.open(system, freeze, 'freeze-agent-0');
  host.killAgent();
  await host.close();
  const toAgent = signals.mock.calls.filter(([pid]) => pid === agentPid);
  expect(toAgent).toEqual([[agentPid, 'SIGKILL']]);
});
