import { ServiceError, type Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { createAskPermit } from '../../../src/adapters/temporal/change-control.ts';

function grpcError(details: string): Error {
  const cause = Object.assign(new Error(`9 FAILED_PRECONDITION: ${details}`), {
    ...{ code: 9, details, metadata: {} },
  });
  return new ServiceError('Workflow Update failed', { cause });
}

/** A change control whose first answers are these failures. */
function asking(failures: Error[]) {
  const updateIds: unknown[] = [];
  const handle = {
    executeUpdate: (_: string, { updateId }: { updateId?: string }) => {
      updateIds.push(updateId);
      const failure = failures.shift();
      return failure ? Promise.reject(failure) : Promise.resolve({ granted: true, notes: [] });
    },
  };
  const client = {
    withDeadline: (_: number, act: () => Promise<unknown>) => act(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  const answer = createAskPermit(client)(
    {
      ...{ runRef: 'r1', family: 'rollouts', kind: 'canary', firstRunId: 'first' },
      ...{ workflowId: 'rollout/prod/shop', scopes: [] },
    },
    { environment: 'prod', taskQueue: 'belay', runId: 'run', deadlineMs: Date.now() + 5_000 },
  );
  return { answer, updateIds };
}

describe('asking for a permit', () => {
  it('asks again, as the same question, where change control continued as new meanwhile', async () => {
    const lost =
      'Unable to perform workflow execution update due to unexpected workflow task failure.';
    const { answer, updateIds } = asking([grpcError(lost), grpcError(lost)]);
    await expect(answer).resolves.toMatchObject({ granted: true });
    expect(updateIds).toEqual(['r1/run/permit', 'r1/run/permit', 'r1/run/permit']);
  });

  it('says what the server refuses', async () => {
    const { answer } = asking([grpcError('too many updates')]);
    await expect(answer).rejects.toThrow('Workflow Update failed');
  });
});
