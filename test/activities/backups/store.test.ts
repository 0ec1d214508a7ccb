import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, test } from 'vitest';
import { createBackupStoreActivities } from '../../../activities/backups/store.ts';
import type { BackupHost } from '../../../src/contracts/backups/backup-host.ts';
import type { MakeSetCall } from '../../../src/contracts/backups/store.ts';
import { AgentError, type AgentErrorCode } from '../../../src/contracts/kernel/agent-host.ts';
import { agentContract } from '../../../src/contracts/kernel/agent.ts';

const call: MakeSetCall = {
  ...{ contract: agentContract, agent: 'db-1', plan: { environment: 'prod', backup: 'shop' } },
  component: {
    ...{ name: 'database', agent: 'db-1', repositories: ['main'] },
    source: { kind: 'postgres', cluster: 'main' },
  },
  ...{ act: { runRef: 'run', step: 1 }, repository: 'main', type: 'full' },
};

function makeSet(work: BackupHost['makeSet']) {
  const host = { makeSet: work } as BackupHost;
  return createBackupStoreActivities('db-1', host).makeSet;
}

const fails = (code: AgentErrorCode) =>
  makeSet(() => Promise.reject(new AgentError(code, 'for a reason')));

test.each<[string, unknown]>([
  ['no call', undefined],
  ['no plan', { ...call, plan: undefined }],
  ['no source', { ...call, component: { name: 'database' } }],
  ['no act', { ...call, act: undefined }],
  ['an act that leads elsewhere', { ...call, act: { runRef: 'run', step: '../../etc' } }],
  ['another agent', { ...call, agent: 'db-2' }],
])('a call with %s is refused for good', async (_, given) => {
  const made = new MockActivityEnvironment().run(fails('lost'), given as MakeSetCall);
  await expect(made).rejects.toMatchObject({ type: 'AgentRefused', nonRetryable: true });
});

test.each<[AgentErrorCode, string, boolean]>([
  ['refused', 'AgentRefused', true],
  ['stale-fence', 'StaleFence', true],
  ['lost', 'AgentActLost', true],
  ['away', 'AgentUnavailable', false],
  ['unfinished', 'AgentUnavailable', false],
])('what is %s fails with %s, for good: %s', async (code, type, nonRetryable) => {
  const made = new MockActivityEnvironment().run(fails(code), call);
  await expect(made).rejects.toMatchObject({ type, nonRetryable });
});

test('a cancelled act ends as cancelled, whatever its tool made of that', async () => {
  const environment = new MockActivityEnvironment();
  const made = environment.run(
    makeSet(async (_, { cancelled }) => {
      await new Promise((resolve) => cancelled.addEventListener('abort', resolve));
      throw new AgentError('unfinished', 'pgBackRest was terminated');
    }),
    call,
  );
  environment.cancel('CANCELLED', { cancelRequested: true } as never);
  await expect(made).rejects.toMatchObject({
    name: 'CancelledFailure',
    message: 'was cancelled, and everything it started is ended: pgBackRest was terminated',
  });
});
