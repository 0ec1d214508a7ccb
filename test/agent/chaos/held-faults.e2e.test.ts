import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openFaultyHost } from './open-faulty-host.ts';

const mebibyte = 2 ** 20;
const memory: HostFault = { type: 'memory', bytes: 96 * mebibyte };
const disk: HostFault = { type: 'disk', leave: 0.1 };

let world: FaultyHost;
const undo: (() => void)[] = [];

beforeEach(async () => {
  world = await openFaultyHost();
});

afterEach(async () => {
  await world.dispose();
  undo
    .splice(0)
    .reverse()
    .forEach((each) => each());
});

/** Those of a fault, by what the kernel says of their environment: none starts again. */
function processesMarked(mark: string): number[] {
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
      const isMarked = environment.some(
        (each) => each.startsWith('BELAY_CHAOS_FAULT=') && each.includes(mark),
      );
      return isMarked ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

const reopen = async (more: object) => {
  await world.closeAgent();
  await world.openAgent({ ...world.settings(), ...more });
};

describe.runIf(process.platform === 'linux')('memory that is taken from a host', () => {
  it('is held by one process, seen by the kernel, and given back', async () => {
    const { applied, order, seen } = await world.inject(1, memory, 30_000);
    expect(applied.applied, applied.apply.stderr).toBe(true);
    expect(await seen()).toMatchObject({ isEffective: true, isThere: true, isTargetRunning: true });
    await world.host.revertLease(order.act, attempt);
    expect(await seen()).toMatchObject({ isEffective: false, isThere: false });
  });

  it('is there no more once the kernel has killed what held it, whatever its run believes', async () => {
    const { applied, seen } = await world.inject(1, memory, 30_000);
    expect(applied.applied, applied.apply.stderr).toBe(true);
    const mark = `${world.agent}/`;
    for (const pid of processesMarked(mark)) process.kill(pid, 'SIGKILL');
    await eventually(async () => {
      expect(await seen()).toMatchObject({ isEffective: false, isThere: false });
    });
    expect(processesMarked(mark)).toEqual([]);
  });

  it('is refused where the host would have too little left for everybody else', async () => {
    const all: HostFault = { type: 'memory', bytes: 2 ** 44 };
    const { refusals } = await world.examine(all);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(
      /^16777216MiB is more than the host can spare: \d+MiB of \d+MiB is available, \d+MiB has to stay so; at most \d+MiB$/,
    );
  });
});

const groups = '/sys/fs/cgroup/memory';
const isFirstVersion = spawnSync('test', ['-w', `${groups}/cgroup.procs`]).status === 0;
if (!isFirstVersion) console.warn(`Skipped: memory of a cgroup. ${groups} cannot be written to.`);

describe.runIf(isFirstVersion)('memory that is taken from the cgroup of a process', () => {
  it('is charged to that cgroup, and refused where it would have too little left', async () => {
    const group = join(groups, `belay-${world.agent}`);
    mkdirSync(group);
    undo.push(() => rmdirSync(group));
    writeFileSync(`${group}/memory.limit_in_bytes`, String(512 * mebibyte));
    writeFileSync(`${group}/cgroup.procs`, String(world.pid));
    const web = { name: 'web', foundBy: { pidFile: world.pidFile }, faults: ['memory'] as const };
    await reopen({ processes: [web] });
    const target = { target: { process: 'web' } };
    const tooMuch: HostFault = { type: 'memory', bytes: 480 * mebibyte };
    expect((await world.examine(tooMuch, target)).refusals.join()).toContain(
      '480MiB is more than its cgroup can spare',
    );
    const call = { ...world.call(memory), ...target };
    const { process: identity } = await world.examine(memory, target);
    const act = world.act(1);
    const order = { ...call, act, forMs: 30_000, ...(identity && { identity }) };
    expect(await world.chaos.injectFault(order, attempt)).toMatchObject({ applied: true });
    const used = () => Number(readFileSync(`${group}/memory.usage_in_bytes`, 'utf8'));
    expect(used()).toBeGreaterThan(96 * mebibyte);
    const seen = () => world.chaos.observeFault({ ...order, lease: act }, attempt);
    expect(await seen()).toMatchObject({ isEffective: true, isTargetRunning: true });
    await world.host.revertLease(act, attempt);
    expect(await seen()).toMatchObject({ isThere: false, isTargetRunning: true });
    expect(used()).toBeLessThan(96 * mebibyte);
  });
});

const canMount = spawnSync('unshare', ['--mount', '--', 'true']).status === 0;
if (!canMount) console.warn('Skipped: a disk that is full. No file system can be mounted.');

describe.runIf(canMount)('a disk', () => {
  let folder: string;
  const free = () => {
    const { blocks, bavail } = statfsSync(folder);
    return bavail / blocks;
  };

  beforeEach(async () => {
    folder = join(world.folder, 'data');
    mkdirSync(folder);
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'belay-data', folder]);
    undo.push(() => spawnSync('umount', ['-l', folder]));
    await reopen({ disks: [{ name: 'data', folder, leave: 0.05, faults: ['disk'] }] });
  });

  // The folder of the host is removed with everything in it.
  afterEach(() => undo.splice(0).forEach((each) => each()));

  it('is filled up to the share that stays free, by nothing that has a name, and then as before', async () => {
    const before = free();
    const { applied, order, seen } = await world.inject(1, disk, 30_000);
    expect(applied.applied, applied.apply.stderr).toBe(true);
    expect(free()).toBeCloseTo(0.1, 2);
    expect(spawnSync('ls', ['-A', folder], { encoding: 'utf8' }).stdout).toBe('');
    expect(() => writeFileSync(join(folder, 'more'), Buffer.alloc(16 * mebibyte))).toThrow(
      'ENOSPC',
    );
    spawnSync('rm', [join(folder, 'more')]);
    expect(await seen()).toMatchObject({ isEffective: true, isThere: true, isTargetRunning: true });
    await world.host.revertLease(order.act, attempt);
    expect(await seen()).toMatchObject({ isEffective: false, isThere: false });
    expect(free()).toBe(before);
  });

  it('is found not to be full where an injector says it is done and did nothing', async () => {
    await world.closeAgent();
    const disks = [{ name: 'data', folder, leave: 0.05, faults: ['disk'] as const }];
    await world.openAgent(
      { ...world.settings(), disks },
      { program: ['-e', 'process.exit(0)', '--'] },
    );
    const { applied, order, seen } = await world.inject(1, disk, 30_000);
    expect(applied.applied).toBe(true);
    expect(await seen()).toMatchObject({ isEffective: false, isThere: false });
    await world.host.revertLease(order.act, attempt);
  });

  it('is empty again when its lease is over, although the agent is gone', async () => {
    const before = free();
    await world.inject(1, disk, 5_000);
    await world.closeAgent();
    expect(free()).toBeLessThan(0.2);
    await eventually(async () => expect(free()).toBe(before), 5_000 + 5_000);
    await world.openAgent();
  });

  it('is refused where less would stay free than its settings say, or the host itself is on it', async () => {
    expect((await world.examine({ type: 'disk', leave: 0.01 })).refusals).toEqual([
      '1.0% is less than its settings leave free, 5.0%',
    ]);
    await reopen({
      disks: [{ name: 'data', folder: world.folder, leave: 0.05, faults: ['disk'] }],
    });
    expect((await world.examine(disk)).refusals).toEqual([
      `${world.folder} is on the file system of ${world.folder}/state, where the agent keeps its acts, which is never filled`,
    ]);
    await reopen({ disks: [{ name: 'data', folder: '/nowhere', leave: 0.05, faults: ['disk'] }] });
    expect((await world.examine(disk)).refusals).toEqual(['there is no folder /nowhere']);
  });
});
