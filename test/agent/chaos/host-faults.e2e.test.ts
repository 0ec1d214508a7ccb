import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import { findFaultProcesses } from '../../../src/agent/chaos/fault-processes.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import type { ProcessIdentity } from '../../../src/processes/identity.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openFaultyHost } from './open-faulty-host.ts';

let world: FaultyHost;

beforeEach(async () => {
  world = await openFaultyHost();
});

afterEach(() => world.dispose());

const freeze: HostFault = { type: 'freeze' };
const crash: HostFault = { type: 'crash' };
const cpu: HostFault = { type: 'cpu', load: 0.5, workers: 2 };

const stateOf = (pid: number) => world.state(pid);

const burners = () => findFaultProcesses().filter(({ mark }) => mark.startsWith(world.agent));

function killWatchdogs(): void {
  const acts = join(world.folder, 'state/acts');
  const claims = readdirSync(acts, { recursive: true, encoding: 'utf8' });
  for (const name of claims.filter((each) => each.endsWith('/watchdog.json'))) {
    const { pid } = JSON.parse(readFileSync(join(acts, name), 'utf8')) as ProcessIdentity;
    process.kill(pid, 'SIGKILL');
  }
}

describe('a process that is frozen', () => {
  it('is stopped, seen to be so, and goes on once the fault is removed', async () => {
    const { applied, order, seen } = await world.inject(1, freeze, 30_000);
    expect(applied.applied).toBe(true);
    expect(stateOf(world.pid)).toBe('T');
    expect(await seen()).toMatchObject({
      isEffective: true,
      isThere: true,
      isTargetRunning: false,
    });
    // The same act again is the same fault.
    expect((await world.chaos.injectFault(order, attempt)).applied).toBe(true);
    await world.host.revertLease(order.act, attempt);
    expect(stateOf(world.pid)).toBe('S');
    expect(await seen()).toMatchObject({ isThere: false, isTargetRunning: true });
  });

  it('goes on by itself when its lease is over, although the agent is gone', async () => {
    const { applied } = await world.inject(1, freeze, 6_000);
    await world.closeAgent();
    expect(stateOf(world.pid)).toBe('T');
    await eventually(async () => expect(stateOf(world.pid)).toBe('S'), 6_000 + 5_000);
    expect(Date.now()).toBeGreaterThanOrEqual(applied.expiresAtMs);
    await world.openAgent();
  });

  it('goes on although its watchdog was killed: the agent removes what it finds', async () => {
    await world.inject(1, freeze, 60_000);
    killWatchdogs();
    await eventually(async () => expect(stateOf(world.pid)).toBe('S'), 10_000);
  });

  it('goes on when the agent comes back after both were killed', async () => {
    await world.inject(1, freeze, 60_000);
    await world.closeAgent();
    killWatchdogs();
    expect(stateOf(world.pid)).toBe('T');
    await world.openAgent();
    await eventually(async () => expect(stateOf(world.pid)).toBe('S'), 10_000);
  });

  it('goes on by its act alone, although the settings do not name it any more, and also where it has ended', async () => {
    const { order, seen } = await world.inject(1, freeze, 60_000);
    await world.closeAgent();
    await world.openAgent({ ...world.settings(), processes: [] });
    const removed = await world.host.revertLease(order.act, attempt);
    expect(removed).toMatchObject({ why: 'asked' });
    expect(stateOf(world.pid)).toBe('S');
    expect(await seen()).toMatchObject({ isThere: false });

    await world.closeAgent();
    await world.openAgent();
    const { order: second } = await world.inject(2, freeze, 60_000);
    process.kill(world.pid, 'SIGKILL');
    expect(await world.host.revertLease(second.act, attempt)).toMatchObject({ why: 'asked' });
    expect(await world.host.openActs()).toEqual([]);
  });

  it('keeps every other run out of the same target, which is told whose it is', async () => {
    await world.inject(1, freeze, 30_000);
    const { leftovers } = await world.examine(freeze);
    expect(leftovers).toEqual([
      { what: 'chaos freeze process web is not over', runRef: world.runRef },
    ]);
    const other = { ...world.call(crash), act: { runRef: 'another', step: 1 }, forMs: 5_000 };
    await expect(world.chaos.injectFault(other, attempt)).rejects.toThrow('is not over');
  });

  it('was stopped by somebody else: that is a leftover, and named', async () => {
    process.kill(world.pid, 'SIGSTOP');
    await eventually(async () => expect(stateOf(world.pid)).toBe('T'));
    const { leftovers } = await world.examine(freeze);
    expect(leftovers).toEqual([
      { what: `process ${world.pid} is stopped; continue it with: kill -CONT ${world.pid}` },
    ]);
  });
});

describe('a process that is killed', () => {
  it('is gone, and runs again once its supervisor has started it', async () => {
    const { applied, order, seen } = await world.inject(1, crash, 30_000);
    expect(applied.applied).toBe(true);
    expect(await seen()).toMatchObject({
      ...{ isEffective: true, isThere: false, isTargetRunning: false },
    });
    await world.startTarget();
    expect(await seen()).toMatchObject({ isEffective: true, isTargetRunning: true });
    await world.host.revertLease(order.act, attempt);
    expect(stateOf(world.pid)).toBe('S');
  });

  it('is never another one than the one that was chosen', async () => {
    const { process: chosen } = await world.examine(crash);
    const first = world.pid;
    await world.startTarget();
    const order = { ...world.call(crash), act: world.act(1), forMs: 5_000 };
    await expect(world.chaos.injectFault({ ...order, identity: chosen! }, attempt)).rejects.toThrow(
      `it is not process ${first} any more, which was chosen`,
    );
    expect([stateOf(first), stateOf(world.pid)]).toEqual(['S', 'S']);
    process.kill(first, 'SIGKILL');
  });
});

describe('CPUs that are competed for', () => {
  it('are used by so many processes, which go with the fault', async () => {
    const { order, seen } = await world.inject(1, cpu, 30_000);
    expect(burners()).toHaveLength(2);
    await eventually(async () => expect((await seen()).isEffective).toBe(true), 20_000);
    await world.host.revertLease(order.act, attempt);
    expect(burners()).toEqual([]);
    expect(await seen()).toMatchObject({ isEffective: false, isThere: false });
  });

  it('are found by the next run, with the run that left them', async () => {
    const { order } = await world.inject(1, cpu, 60_000);
    await world.closeAgent();
    killWatchdogs();
    await world.openAgent();
    const { leftovers } = await world.examine(cpu);
    expect(leftovers).toContainEqual({ what: 'chaos cpu host is not over', runRef: world.runRef });
    await world.host.revertLease(order.act, attempt);
    expect(burners()).toEqual([]);
  });
});

describe('a process that is found by its port', () => {
  it('is the one that listens there', async () => {
    const web = { name: 'web', foundBy: { port: world.port }, faults: ['freeze'] as const };
    await world.closeAgent();
    await world.openAgent({ ...world.settings(), processes: [web] });
    expect(await world.examine(freeze)).toMatchObject({
      ...{ process: { pid: world.pid }, refusals: [] },
      what: `process ${world.pid} (node), found by its port ${world.port}`,
    });
    process.kill(world.pid, 'SIGKILL');
    await eventually(async () =>
      expect((await world.examine(freeze)).refusals).toEqual([
        `nothing listens on port ${world.port}`,
      ]),
    );
  });
});

describe('what the settings do not allow', () => {
  it('is refused with every reason, and nothing is hit', async () => {
    const longer = { ...world.call(freeze), durationMs: 120_000, target: { process: 'database' } };
    expect((await world.chaos.examineTarget(longer, attempt)).refusals).toEqual([
      '2m is longer than its settings allow, 1m',
      'its settings have no process "database"; one of: web',
    ]);
    expect((await world.examine(cpu, { target: { process: 'web' } })).refusals).toContain(
      'its settings do not allow cpu of process web; they allow freeze, crash',
    );
    await world.closeAgent();
    await world.openAgent({ ...world.settings(), processes: [] });
    const order = { ...world.call(freeze), act: world.act(1), forMs: 5_000 };
    await expect(world.chaos.injectFault(order, attempt)).rejects.toThrow('there is none');
    expect(stateOf(world.pid)).toBe('S');
  });

  it('is everything where the agent was given no settings, and the agent itself in any case', async () => {
    const { refusals } = await world.examine(freeze);
    expect(refusals).toEqual([]);
    const own = { name: 'web', foundBy: { pidFile: join(world.folder, 'own.pid') } };
    writeFileSync(own.foundBy.pidFile, String(process.pid));
    await world.closeAgent();
    await world.openAgent({ ...world.settings(), processes: [{ ...own, faults: ['freeze'] }] });
    expect((await world.examine(freeze)).refusals).toEqual([
      `process ${process.pid} (node) is the agent itself, which is never hit`,
    ]);
  });
});
