import { WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import { signalOrStart } from '../../../src/adapters/temporal/signal-or-start.ts';

const alreadyStarted = new WorkflowExecutionAlreadyStartedError('already started', 'w', 'incident');
/** A server that fails so often before it answers. */
function failing(error: Error, times: number) {
  let asked = 0;
  const signalWithStart = () => {
    asked += 1;
    return asked <= times ? Promise.reject(error) : Promise.resolve({ signaledRunId: 'r1' });
  };
  return { send: () => signalOrStart(signalWithStart), asked: () => asked };
}

describe('a signal that starts its workflow', () => {
  it('reaches the run that another caller started at the same moment', async () => {
    const { send } = failing(alreadyStarted, 1);
    expect(await send()).toMatchObject({ signaledRunId: 'r1' });
  });

  it('is not repeated for ever', async () => {
    const { send, asked } = failing(alreadyStarted, Infinity);
    await expect(send()).rejects.toBe(alreadyStarted);
    expect(asked()).toBe(5);
  });

  it('is not repeated where the server refuses it', async () => {
    const refusal = new WorkflowNotFoundError('no namespace', 'w', undefined);
    const { send, asked } = failing(refusal, Infinity);
    await expect(send()).rejects.toBe(refusal);
    expect(asked()).toBe(1);
  });
});
