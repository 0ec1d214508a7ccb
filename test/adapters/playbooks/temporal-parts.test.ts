import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { signalWorkflow } from '../../../src/adapters/playbooks/temporal-parts.ts';

it.each([
  ['playbook', 1],
  ['changeControl', 1],
  ['orderWorkflow', 0],
])('a workflow of type %s is signalled only where it is not one of Belay', async (type, count) => {
  const described = { status: { name: 'RUNNING' }, type, runId: 'r', historyLength: 3, raw: {} };
  const handle = { describe: async () => described };
  const client = { workflow: { getHandle: () => handle } } as unknown as Client;
  const { check } = signalWorkflow({ client, guard: (call) => call() });
  const { problems } = await check({ workflowId: 'w', signal: 'approve' });
  expect(problems).toHaveLength(count);
});
