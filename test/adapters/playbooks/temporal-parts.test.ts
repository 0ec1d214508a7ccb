import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import {
  createAbortChild,
  signalWorkflow,
} from '../../../src/adapters/playbooks/temporal-parts.ts';

it.each([
  ['that this run started', 'ours', false],
  ['that an earlier run of the same workflow started', 'earlier', true],
])('a child %s is waited for, or left alone', async (_, runId, isLeftAlone) => {
  const raw = { workflowExecutionInfo: { parentExecution: { workflowId: 'p', runId } } };
  const described = { status: { name: 'RUNNING' }, type: 'backup', runId: 'c', raw };
  const client = { workflow: { getHandle: () => ({ describe: async () => described }) } };
  const abortChild = createAbortChild({
    client: client as unknown as Client,
    guard: (call) => call(),
  });
  const child = { workflowId: 'w', parentWorkflowId: 'p', parentRunIds: ['ours', 'first'] };
  expect(await abortChild(child)).toBe(isLeftAlone);
});

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
