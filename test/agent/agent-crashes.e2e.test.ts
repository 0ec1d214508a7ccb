/**
 * The agent, the tool and the worker are killed by SIGKILL at every point of an act. Each time the
 * effect happens once, the run gets the answer, and nothing is left behind.
 *
 * | point                       | command                        | lease                          |
 * | --------------------------- | ------------------------------ | ------------------------------ |
 * | before the record           | agent                          | agent                          |
 * | after it, before the spawn  | agent                          | agent                          |
 * | after the spawn             | agent                          | agent                          |
 * | while the tool runs         | agent, tool, watchdog, worker  | agent, watchdog                |
 * | it ended, nobody wrote it   | agent                          |                                |
 * | result written, not told    | agent                          | agent                          |
 * | while the lease is held     |                                | agent, watchdog                |
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { identify, isAlive } from '../../src/processes/identity.ts';
import { eventually } from '../fixtures/eventually.ts';
import { AgentWorld, failureOf } from './agent-world.ts';

let world: AgentWorld;

beforeAll(async () => {
  world = await AgentWorld.open('doomed');
  await world.startAgent();
});
afterAll(async () => {
  await world.dispose();
});

const places = ['before-record', 'after-record', 'after-spawn', 'after-result'] as const;

async function nothingIsLeft(): Promise<void> {
  await eventually(async () => expect(await world.leftRunning()).toBe(0));
  await eventually(async () => expect(await world.watchdogs()).toEqual([]));
}

describe('a command takes effect once and is answered', () => {
  test.each(places)('where the agent is killed %s', async (place) => {
    const thing = `c-${place}`;
    await world.tools.put(`release-${thing}`);
    await world.setTrap(place);
    const handle = await world.act({ run: 'work', args: { thing } });
    await world.untilDead();
    await world.startAgent();
    expect(await handle.result()).toMatchObject([
      { ending: 'exited', exitCode: 0, stdout: `working on ${thing}\n${thing} done\n` },
    ]);
    expect(world.tools.effects(thing)).toHaveLength(1);
    await nothingIsLeft();
  });

  test('where the agent is killed while the tool runs, which goes on', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'long' } });
    const tool = await world.tools.worker('long');
    await world.killAgent();
    await world.startAgent();
    expect(await isAlive(tool)).toBe(true);
    await world.tools.put('release-long');
    expect(await handle.result()).toMatchObject([
      { exitCode: 0, stdout: expect.stringMatching(/done/) },
    ]);
    expect(world.tools.effects('long')).toHaveLength(1);
    await nothingIsLeft();
  });

  test('where the agent is told to stop while the tool runs, which goes on', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'calm' } });
    const tool = await world.tools.worker('calm');
    await world.stopAgent();
    expect(await isAlive(tool)).toBe(true);
    await world.startAgent();
    await world.tools.put('release-calm');
    expect(await handle.result()).toMatchObject([{ ending: 'exited', exitCode: 0 }]);
    expect(world.tools.effects('calm')).toHaveLength(1);
    await nothingIsLeft();
  });

  test('where the agent is killed when the tool has ended and nobody has written that down', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'ended' } });
    const tool = await world.tools.worker('ended');
    const [watchdog] = await world.watchdogs();
    process.kill(watchdog!.pid, 'SIGSTOP');
    await world.tools.put('release-ended');
    await eventually(async () => expect(await identify(tool.pid)).toBeUndefined());
    await world.killAgent();
    process.kill(watchdog!.pid, 'SIGCONT');
    await world.startAgent();
    expect(await handle.result()).toMatchObject([{ ending: 'exited', exitCode: 0 }]);
    expect(world.tools.effects('ended')).toHaveLength(1);
    await nothingIsLeft();
  });

  test('where the tool is killed', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'shot' } });
    process.kill((await world.tools.worker('shot')).pid, 'SIGKILL');
    expect(await handle.result()).toMatchObject([{ ending: 'killed', signal: 'SIGKILL' }]);
    expect(world.tools.effects('shot')).toHaveLength(1);
    await nothingIsLeft();
  });

  test('where the worker of the run is killed', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'orphan' } });
    await world.tools.worker('orphan');
    await world.killWorker();
    await world.tools.put('release-orphan');
    await world.startWorker();
    expect(await handle.result()).toMatchObject([{ ending: 'exited', exitCode: 0 }]);
    expect(world.tools.effects('orphan')).toHaveLength(1);
    await nothingIsLeft();
  });

  test('or is said to be lost where its watchdog is killed, and what it started is ended', async () => {
    const handle = await world.act({ run: 'work', args: { thing: 'lost' } });
    const tool = await world.tools.worker('lost');
    await killWatchdogs();
    expect(await failureOf(handle.result())).toEqual({
      type: 'AgentActLost',
      message: expect.stringContaining('nobody knows how work ended'),
    });
    expect(await isAlive(tool)).toBe(false);
    expect(world.tools.effects('lost')).toHaveLength(1);
    await nothingIsLeft();
  });
});

describe('a lease is applied once and reverted', () => {
  const holds = (thing: string) => world.tools.isThere(`applied-${thing}`);
  const appliedAndReverted = (thing: string) => {
    expect(world.tools.effects(thing)).toEqual([`apply ${thing}`, `revert ${thing}`]);
    expect(holds(thing)).toBe(false);
  };

  test.each(places)('by its run where the agent is killed %s', async (place) => {
    const thing = `l-${place}`;
    await world.setTrap(place);
    const handle = await world.act(
      { apply: 'block', args: { thing }, forMs: 30_000 },
      { revert: true },
    );
    await world.untilDead();
    await world.startAgent();
    expect(await handle.result()).toMatchObject([{ applied: true }, { why: 'asked' }]);
    appliedAndReverted(thing);
    await nothingIsLeft();
  });

  test('by its watchdog where the agent is killed while it is applied, and stays away', async () => {
    await world.tools.put('hold-half');
    const handle = await world.act({ apply: 'block', args: { thing: 'half' }, forMs: 2_000 });
    await eventually(async () => expect(world.tools.isThere('started-half')).toBe(true));
    await world.killAgent();
    await nothingIsLeft();
    expect(world.tools.effects('half')).toEqual(['apply half', 'revert half']);
    await world.startAgent();
    expect(await failureOf(handle.result())).toMatchObject({ type: 'LeaseEnded' });
    expect(world.tools.effects('half')).toHaveLength(2);
  });

  test('by its watchdog where the agent is killed while it is held, and stays away', async () => {
    const handle = await world.act({ apply: 'block', args: { thing: 'held' }, forMs: 1_500 });
    expect(await handle.result()).toMatchObject([{ applied: true }]);
    expect(holds('held')).toBe(true);
    await world.killAgent();
    await nothingIsLeft();
    appliedAndReverted('held');
    await world.startAgent();
  });

  test('by the agent where its watchdog is killed while it is applied', async () => {
    await world.tools.put('hold-torn');
    const handle = await world.act({ apply: 'block', args: { thing: 'torn' }, forMs: 30_000 });
    await eventually(async () => expect(world.tools.isThere('started-torn')).toBe(true));
    await killWatchdogs();
    expect(await failureOf(handle.result())).toMatchObject({ type: 'LeaseEnded' });
    appliedAndReverted('torn');
    await nothingIsLeft();
  });

  test('by the next agent where the agent and the watchdog are killed while it is held', async () => {
    const handle = await world.act({ apply: 'block', args: { thing: 'both' }, forMs: 60_000 });
    await handle.result();
    await world.killAgent();
    await killWatchdogs();
    expect(holds('both')).toBe(true);
    await world.startAgent();
    await eventually(async () => expect(holds('both')).toBe(false));
    await nothingIsLeft();
    appliedAndReverted('both');
  });
});

async function killWatchdogs(): Promise<void> {
  const watchdogs = await world.watchdogs();
  expect(watchdogs).not.toEqual([]);
  for (const { pid } of watchdogs) process.kill(pid, 'SIGKILL');
}
