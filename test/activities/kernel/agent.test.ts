import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createAgentActivities } from '../../../activities/kernel/agent.ts';
import type { AgentHost } from '../../../src/contracts/kernel/agent-host.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';

const host = { description: { name: 'db-1' } } as AgentHost;
const { runCommand, revertLease } = createAgentActivities(host);
const call = { contract: agentContract, agent: 'db-1' };
const act = { runRef: 'run', step: 1 };

test.each<[string, () => Promise<unknown>]>([
  ['no call', () => runCommand(undefined as never)],
  ['no act', () => runCommand({ ...call, command: 'vacuum' } as never)],
  ['no lease', () => revertLease(call as never)],
  ['a lease that is null', () => revertLease({ ...call, lease: null as never })],
  [
    'arguments that are null',
    () => runCommand({ ...call, act, command: 'x', args: null as never }),
  ],
  ['a list of arguments', () => runCommand({ ...call, act, command: 'x', args: ['a'] as never })],
])('a call with %s is refused for good', async (_, made) => {
  await expect(made()).rejects.toMatchObject({ type: 'AgentRefused', nonRetryable: true });
});

test('a probe is heard of while it asks, so that an agent that dies meanwhile is missed', async () => {
  const env = new MockActivityEnvironment({ heartbeatTimeoutMs: 40 });
  let beats = 0;
  env.on('heartbeat', () => (beats += 1));
  const answer = { ok: true, detail: 'HTTP 200', latencyMs: 100 };
  const probing = {
    ...host,
    runProbe: async () => {
      while (beats < 2) await sleep(5);
      return answer;
    },
  } as unknown as AgentHost;
  const { runProbe } = createAgentActivities(probing);
  expect(await env.run(runProbe, { ...call, probe: 'health' })).toEqual(answer);
});
