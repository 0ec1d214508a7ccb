import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { describe, expect, it } from 'vitest';
import {
  createIncidentFreezes,
  runOfFreeze,
} from '../../../src/adapters/temporal/incident-freezes.ts';

interface Sent {
  name: string;
  updateId?: string;
  args: [{ by: string; freeze?: number }];
}

/** A change control with these freezes; `arriving` land when their update is awaited. */
function changeControl(freezes: { id: number; by: string }[], arriving: typeof freezes = []) {
  const sent: Sent[] = [];
  const handle = {
    describe: () => Promise.resolve({ status: { name: 'RUNNING' } }),
    query: () => Promise.resolve({ environment: 'prod', freezes }),
    executeUpdate: (name: string, options: Omit<Sent, 'name'>) => {
      sent.push({ name, ...options });
      return Promise.resolve({ message: 'done' });
    },
    getUpdateHandle: (updateId: string) => ({
      result: () => {
        if (arriving.length === 0) {
          return Promise.reject(new WorkflowNotFoundError('no update', updateId, undefined));
        }
        freezes.push(...arriving.splice(0));
        return Promise.resolve({ message: 'frozen' });
      },
    }),
  };
  const client = {
    withDeadline: (_: number, act: () => Promise<unknown>) => act(),
    workflow: { getHandle: () => handle },
  } as unknown as Client;
  return { sent, freezes: createIncidentFreezes(client, 'belay') };
}

const first = { environment: 'prod', runRef: 'r1' };

describe('the freeze of an incident', () => {
  it('is asked for under one update ID, so that a lost answer makes no second one', async () => {
    const { sent, freezes } = changeControl([]);
    await freezes.freezeForIncident({ ...first, turn: 1, why: 'it is down' });
    await freezes.freezeForIncident({ ...first, turn: 2, why: 'it is down' });
    expect(sent).toMatchObject([
      { name: 'freeze', updateId: 'r1/freeze', args: [{ by: 'incident r1' }] },
      { name: 'freeze', updateId: 'r1/2/freeze', args: [{ by: 'incident r1/2' }] },
    ]);
  });

  it('is thawed with all of its name, and not that of the incident that began again', async () => {
    const mine = { by: 'incident r1' };
    const { sent, freezes } = changeControl([
      { id: 1, ...mine },
      { id: 2, by: 'ana' },
      { id: 3, ...mine },
      { id: 4, by: 'incident r1/2' },
    ]);
    await freezes.thawForIncident({ ...first, turn: 1 });
    expect(sent.map(({ name, args: [{ freeze }] }) => [name, freeze])).toEqual([
      ['thaw', 1],
      ['thaw', 3],
    ]);
  });

  it('is thawed after it has landed', async () => {
    const { sent, freezes } = changeControl([], [{ id: 7, by: 'incident r1' }]);
    await freezes.thawForIncident(first);
    expect(sent).toMatchObject([{ name: 'thaw', args: [{ freeze: 7 }] }]);
  });

  it('is told from that of a region failover, and of people', async () => {
    const { sent, freezes } = changeControl([{ id: 1, by: 'incident r1' }]);
    const order = { ...first, by: 'region failover' as const };
    const why = 'region failover region/prod/shop: shop moves from west to east';
    await freezes.freezeForIncident({ ...order, why });
    await freezes.thawForIncident(order);
    expect(sent).toMatchObject([{ name: 'freeze', args: [{ by: 'region failover r1' }] }]);
    const run = { workflowId: 'region/prod/shop', runRef: 'r1', by: 'region failover' };
    expect(runOfFreeze({ by: 'region failover r1', why })).toEqual(run);
    expect(runOfFreeze({ by: 'ana', why })).toBeUndefined();
  });
});
