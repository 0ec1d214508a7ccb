import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { expect, test } from 'vitest';
import { createLiveness } from '../../../src/adapters/temporal/liveness.ts';

interface Server {
  /** What its list has as open; undefined: it gives none. */
  listed: string[] | undefined;
  running: string[];
  /** After so many questions its breaker is open. */
  refusesAfter?: number;
}

function start({ listed, running, refusesAfter = Infinity }: Server) {
  const asked: string[] = [];
  let [lists, atOnce, mostAtOnce] = [0, 0, 0];
  const describe = async (workflowId: string) => {
    asked.push(workflowId);
    mostAtOnce = Math.max(mostAtOnce, ++atOnce);
    await new Promise((resolve) => setImmediate(resolve));
    atOnce -= 1;
    if (!running.includes(workflowId)) throw new WorkflowNotFoundError('gone', workflowId, '');
    return { status: { name: 'RUNNING' } };
  };
  const client = {
    withDeadline: <T>(_: number, question: () => Promise<T>) => question(),
    workflow: {
      getHandle: (workflowId: string) => ({ describe: () => describe(workflowId) }),
      async *list() {
        await Promise.resolve();
        lists += 1;
        if (listed === undefined) throw new Error('the list is away');
        yield* listed.map((workflowId) => ({ workflowId }));
      },
    },
  } as unknown as Client;
  const openLiveness = createLiveness(client, (question) => {
    if (asked.length >= refusesAfter) return Promise.reject(new Error('its breaker is open'));
    return question();
  });
  const sweep = async (workflowIds: readonly string[]) => {
    asked.length = 0;
    const isRunning = openLiveness();
    const alive = await Promise.all(workflowIds.map((workflowId) => isRunning(workflowId)));
    return { alive, asked: [...asked] };
  };
  return { sweep, asked, lists: () => lists, mostAtOnce: () => mostAtOnce };
}

const thousand = Array.from({ length: 1_000 }, (_, index) => `rollout/prod/s${index}`);

test('a sweep over a thousand open runs lists them once, and asks for few by their IDs', async () => {
  const server = start({ listed: thousand, running: thousand });
  const asked = new Set<string>();
  for (let sweeps = 1; sweeps <= 3; sweeps++) {
    const swept = await server.sweep(thousand);
    expect(swept.alive).not.toContain(false);
    expect(swept.asked.length).toBeGreaterThan(250);
    expect(swept.asked.length).toBeLessThan(400);
    expect(server.lists()).toBe(sweeps);
    swept.asked.forEach((workflowId) => asked.add(workflowId));
  }
  expect(asked.size).toBe(1_000);
  expect(server.mostAtOnce()).toBe(4);
});

test('a run that is over is found in three sweeps at the latest while the list still has it', async () => {
  const server = start({ listed: ['rollout/prod/shop'], running: [] });
  const alive: boolean[] = [];
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    alive.push(...(await server.sweep(['rollout/prod/shop'])).alive);
  }
  expect(alive.filter((each) => !each)).toHaveLength(1);
});

test('a run that the list does not have yet is asked for in every sweep', async () => {
  const server = start({ listed: [], running: ['rollout/prod/shop'] });
  for (let sweeps = 0; sweeps < 3; sweeps++) {
    const swept = await server.sweep(['rollout/prod/shop', 'rollout/prod/other']);
    expect(swept).toEqual({
      alive: [true, false],
      asked: ['rollout/prod/shop', 'rollout/prod/other'],
    });
  }
});

test('every run is asked for where there is no list', async () => {
  const server = start({ listed: undefined, running: ['rollout/prod/shop'] });
  const swept = await server.sweep(['rollout/prod/shop', 'rollout/prod/other']);
  expect(swept.alive).toEqual([true, false]);
});

test('a run that may be over does not wait for those that are only looked at again', async () => {
  const server = start({ listed: thousand, running: thousand });
  const { alive, asked } = await server.sweep([...thousand, 'rollout/prod/dead']);
  expect(alive.at(-1)).toBe(false);
  expect(asked.indexOf('rollout/prod/dead')).toBeLessThan(10);
});

test('questions that wait are not put any more once Temporal is known not to answer', async () => {
  const server = start({ listed: undefined, running: thousand, refusesAfter: 10 });
  await expect(server.sweep(thousand)).rejects.toThrow('its breaker is open');
  expect(server.asked.length).toBeLessThan(15);
});

test('a list of many pages has time for each of them', async () => {
  const pageMs = 15_000;
  let [nowMs, deadlineMs] = [0, Infinity];
  const listed = thousand.slice(0, 3);
  const asked: string[] = [];
  const client = {
    withDeadline: (_: number, question: () => Promise<unknown>) => {
      deadlineMs = nowMs + 20_000;
      return question();
    },
    workflow: {
      getHandle: (workflowId: string) => ({
        describe: () => {
          asked.push(workflowId);
          return Promise.resolve({ status: { name: 'RUNNING' } });
        },
      }),
      async *list() {
        for (const workflowId of listed) {
          await Promise.resolve();
          nowMs += pageMs;
          if (nowMs > deadlineMs) throw new Error('it has taken too long');
          yield { workflowId };
        }
      },
    },
  } as unknown as Client;
  const isRunning = createLiveness(client, (question) => question())();
  expect(await Promise.all(listed.map((workflowId) => isRunning(workflowId)))).not.toContain(false);
  expect(asked.length).toBeLessThan(listed.length);
});
