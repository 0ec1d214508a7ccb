import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { link, rm, symlink, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { attempt, type FaultyHost } from '../../../scripts/faulty-host/faulty-host.ts';
import type { HostFault } from '../../../src/specs/chaos/fault.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { openFaultyHost } from './open-faulty-host.ts';

const target = { copy: 'orders' };
const corruption: HostFault = { type: 'corruption', share: 0.25 };
const gone = { isEffective: false, isThere: false, isTargetRunning: true };

let world: FaultyHost;
let folder: string;

const open = async () => {
  const copies = [{ name: 'orders', folder, faults: ['corruption'] as const }];
  await world.openAgent({ ...world.settings(), copies });
};

beforeEach(async () => {
  world = await openFaultyHost();
  folder = join(world.folder, 'orders');
  mkdirSync(join(folder, 'segments'), { recursive: true });
  writeFileSync(join(folder, '.belay-copy'), '');
  writeFileSync(join(folder, 'index'), Buffer.alloc(10_000, 'index'));
  writeFileSync(join(folder, 'segments/1'), Buffer.alloc(4_096 * 8, 'orders'));
  await world.closeAgent();
  await open();
});

afterEach(() => world.dispose());

const files = ['index', 'segments/1'];
const sumOf = (file: string) =>
  createHash('sha256')
    .update(readFileSync(join(folder, file)))
    .digest('hex');
const state = () => files.map(sumOf);
const journals = () => readdirSync(folder).filter((name) => name.startsWith('.belay-damage'));

const refusals = async (fault = corruption) => {
  const found = await world.examine(fault, { target });
  return [...found.refusals, ...found.leftovers.map(({ what }) => what)].join('\n');
};

describe('a declared copy of stored data', () => {
  it('has one wrong bit in as many blocks as asked, is seen to, and then is as before', async () => {
    const before = state();
    const own = Buffer.concat(files.map((file) => readFileSync(join(folder, file))));
    const { applied, order, seen } = await world.inject(1, corruption, 60_000, target);
    expect(applied).toMatchObject({ applied: true });
    const damaged = Buffer.concat(files.map((file) => readFileSync(join(folder, file))));
    const wrong = [...damaged].filter((byte, index) => byte !== own[index]);
    expect(wrong).toHaveLength(3);
    expect(await seen()).toMatchObject({
      ...{ isEffective: true, isThere: true, isTargetRunning: true },
      detail: 'one bit is wrong in 3 of 3 blocks',
    });
    expect(await refusals()).toContain('damage of a fault');
    await world.host.revertLease(order.act, attempt);
    expect(await seen()).toMatchObject(gone);
    expect(state()).toEqual(before);
    expect(journals()).toEqual([]);
  });

  it('is as before once the lease is over, although the agent is gone', async () => {
    const before = state();
    await world.inject(1, corruption, 5_000, target);
    expect(state()).not.toEqual(before);
    await world.closeAgent();
    await eventually(async () => {
      expect(state()).toEqual(before);
      expect(journals()).toEqual([]);
    });
    await open();
  });

  it('keeps what others have written meanwhile', async () => {
    const segment = sumOf('segments/1');
    const { order, seen } = await world.inject(1, { ...corruption, share: 1 }, 60_000, target);
    writeFileSync(join(folder, 'index'), Buffer.alloc(10_000, 'newer'));
    expect(await seen()).toMatchObject({ isThere: true, isEffective: true });
    await world.host.revertLease(order.act, attempt);
    expect(await seen()).toMatchObject(gone);
    expect(readFileSync(join(folder, 'index'))).toEqual(Buffer.alloc(10_000, 'newer'));
    expect(sumOf('segments/1')).toBe(segment);
  });

  it('is not as before where a file of it is away, until that is back or a person says so', async () => {
    const { order, seen } = await world.inject(1, { ...corruption, share: 1 }, 60_000, target);
    await rm(join(folder, 'segments/1'));
    await expect(world.host.revertLease(order.act, attempt)).rejects.toThrow('segments/1');
    expect(await seen()).toMatchObject({ isThere: true, isEffective: false });
    const [journal = ''] = journals();
    expect(await refusals()).toContain(`truncate -s 0 ${join(folder, journal)}`);
    await truncate(join(folder, journal));
    await eventually(async () => expect(await world.host.openActs()).toEqual([]));
    expect(await seen()).toMatchObject(gone);
    expect(await refusals()).toBe('');
  });

  it('is left alone where it was not declared, or may be no copy', async () => {
    expect(await refusals()).toBe('');
    await link(join(folder, 'index'), join(world.folder, 'the-original'));
    expect(await refusals()).toContain('index has another name: it may be no copy');
    await rm(join(world.folder, 'the-original'));
    await symlink('/etc', join(folder, 'etc'));
    expect(await refusals()).toBe('');
    await rm(join(folder, '.belay-copy'));
    const undeclared = await refusals();
    expect(undeclared).toContain('has no file .belay-copy');
    await expect(world.inject(1, corruption, 60_000, target)).rejects.toThrow('.belay-copy');
    expect(await refusals({ type: 'corruption', share: 0.1 })).toBe(undeclared);
  });

  it('is none of a folder in which the agent keeps its acts, nor of one without data', async () => {
    await world.closeAgent();
    folder = world.folder;
    writeFileSync(join(folder, '.belay-copy'), '');
    await open();
    expect(await refusals()).toContain('where the agent keeps its acts');
    await world.closeAgent();
    folder = join(world.folder, 'empty');
    mkdirSync(folder);
    writeFileSync(join(folder, '.belay-copy'), '');
    await open();
    expect(await refusals()).toContain('has no file that holds anything');
  });
});
