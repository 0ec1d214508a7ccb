import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { link, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../../scripts/programs/run-command.ts';
import {
  damageCopy,
  observeCopy,
  orderOfCopy,
  restoreCopy,
} from '../../../src/agent/chaos/copy/copy.ts';
import { examineCopy } from '../../../src/agent/chaos/copy/examine-copy.ts';
import { describeChaos } from '../../../src/agent/chaos/describe-chaos.ts';
import { shortMark, type CopyOrder } from '../../../src/agent/chaos/order.ts';

const mark = 'web-1/20261129T080000Z-0a1b2c3d/1';
const everyBlock = { type: 'corruption', share: 1 } as const;
const files = ['index', 'segments/1'];

let scratch: string;
let folder: string;
let stateFolder: string;
let live: string;
let copy: CopyOrder;
let before: Buffer[];
const mounted: string[] = [];

function makeCopy(): void {
  mkdirSync(join(folder, 'segments'), { recursive: true });
  writeFileSync(join(folder, '.belay-copy'), '');
  writeFileSync(join(folder, 'index'), Buffer.alloc(4_096 * 2, 'index'));
  writeFileSync(join(folder, 'segments/1'), Buffer.alloc(4_096 * 2, 'orders'));
}

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'belay-copy-'));
  folder = join(scratch, 'orders');
  stateFolder = join(scratch, 'state');
  live = join(scratch, 'live');
  for (const each of [stateFolder, live]) mkdirSync(each);
  writeFileSync(join(live, 'data'), 'live data');
  makeCopy();
  copy = await orderOfCopy({ name: 'orders', folder, faults: ['corruption'] });
  before = contents();
});

afterEach(async () => {
  for (const place of mounted.splice(0)) await runCommand(['umount', place]);
  await rm(scratch, { recursive: true, force: true });
});

const contents = () => files.map((file) => readFileSync(join(folder, file)));
const damage = async () => damageCopy({ mark, copy }, everyBlock);
const restore = async () => restoreCopy({ mark, copy });
const observe = async () => observeCopy({ mark, copy });
const examine = async (withinMs?: number) =>
  examineCopy({ name: 'orders', folder, faults: ['corruption'] }, everyBlock, {
    stateFolder,
    ...(withinMs !== undefined && { withinMs }),
  });
const journal = () => join(folder, `.belay-damage-${shortMark(mark)}`);
const gone = { isEffective: false, isThere: false, isTargetRunning: true };

/** Where a file differs from what it was. */
function wrongIn(file: string): number[] {
  const was = before[files.indexOf(file)] ?? Buffer.alloc(0);
  return [...readFileSync(join(folder, file)).entries()]
    .filter(([at, byte]) => byte !== was[at])
    .map(([at]) => at);
}

function write(file: string, at: number, byte: number): void {
  const bytes = readFileSync(join(folder, file));
  bytes[at] = byte;
  // Into the same file, as whoever uses it would.
  writeFileSync(join(folder, file), bytes, { flag: 'r+' });
}

async function mount(...argv: string[]): Promise<boolean> {
  const place = argv.at(-1) ?? '';
  const done = await runCommand(['mount', ...argv]).then(
    () => true,
    () => false,
  );
  if (done && !argv.some((each) => each.startsWith('remount'))) mounted.push(place);
  return done;
}

describe('the damage of a copy', () => {
  it('is not called gone while its folder is away, and is put right once it is back', async () => {
    await damage();
    renameSync(folder, `${folder}.aside`);
    await expect(restore()).rejects.toThrow(`${folder} is gone`);
    expect(await observe()).toMatchObject({ isThere: true, isTargetRunning: false });
    mkdirSync(folder);
    await expect(restore()).rejects.toThrow('another folder');
    expect(await observe()).toMatchObject({ isThere: true, isTargetRunning: false });
    await rm(folder, { recursive: true });
    renameSync(`${folder}.aside`, folder);
    await restore();
    expect(contents()).toEqual(before);
    expect(await observe()).toMatchObject(gone);
  });

  it('is not called gone where another copy is in its place, until a person says so', async () => {
    await damage();
    renameSync(folder, `${folder}.aside`);
    makeCopy();
    await expect(restore()).rejects.toThrow(`truncate -s 0 ${journal()}`);
    expect(await observe()).toMatchObject({ isThere: true });
    writeFileSync(journal(), '');
    await restore();
    expect(await observe()).toMatchObject(gone);
    expect((await examine()).leftovers).toEqual([]);
  });

  it('is not called gone where another file system is mounted in its place, with a root of the same number', async ({
    skip,
  }) => {
    if (!(await mount('-t', 'tmpfs', 'tmpfs', folder))) skip('this machine mounts nothing');
    makeCopy();
    copy = await orderOfCopy({ name: 'orders', folder, faults: ['corruption'] });
    await damage();
    await mount('-t', 'tmpfs', 'tmpfs', folder);
    makeCopy();
    expect((await orderOfCopy({ name: 'orders', folder, faults: ['corruption'] })).inode).toBe(
      copy.inode,
    );
    await expect(restore()).rejects.toThrow('another folder');
    await expect(damage()).rejects.toThrow('another folder');
    expect(await observe()).toMatchObject({ isThere: true });
    await runCommand(['umount', mounted.pop() ?? '']);
    await restore();
    expect(contents()).toEqual(before);
    expect(await observe()).toMatchObject(gone);
  });

  it('is left where a file was renamed, and is put right once that is back', async () => {
    await damage();
    renameSync(join(folder, 'segments/1'), join(folder, 'segments/2'));
    await expect(restore()).rejects.toThrow('segments/1');
    expect(wrongIn('index')).toEqual([]);
    expect(await observe()).toMatchObject({
      ...{ isThere: true, isEffective: false },
      detail: 'one bit is wrong in 0 of 4 blocks; 2 of them are not where they were',
    });
    expect((await examine()).leftovers).toHaveLength(1);
    renameSync(join(folder, 'segments/2'), join(folder, 'segments/1'));
    await restore();
    expect(contents()).toEqual(before);
    expect(await observe()).toMatchObject(gone);
  });

  it('is left where others have written beside a wrong byte, which is not written over', async () => {
    await damage();
    const [at = 0] = wrongIn('index');
    const beside = at === 0 ? 1 : at - 1;
    write('index', beside, 0);
    await expect(restore()).rejects.toThrow('index');
    expect(wrongIn('index')).toEqual([at, beside].toSorted((one, other) => one - other));
    expect(wrongIn('segments/1')).toEqual([]);
    expect(await observe()).toMatchObject({ isThere: true, isEffective: false });
    write('index', at, 1);
    await restore();
    expect(await observe()).toMatchObject(gone);
  });

  it('is put right in every file that can be written, whatever becomes of another', async ({
    skip,
  }) => {
    await damage();
    const index = join(folder, 'index');
    const isMounted = await mount('--bind', index, index);
    if (!isMounted || !(await mount('-o', 'remount,ro,bind', index))) {
      skip('this machine mounts nothing');
    }
    await expect(restore()).rejects.toThrow('index');
    expect(wrongIn('segments/1')).toEqual([]);
    expect(wrongIn('index')).toHaveLength(2);
    expect(await observe()).toMatchObject({ isThere: true });
    await runCommand(['umount', mounted.pop() ?? '']);
    await restore();
    expect(contents()).toEqual(before);
    expect(await observe()).toMatchObject(gone);
  });

  it('is put right after its program was killed amid the damage, or amid putting it right', async () => {
    await damage();
    writeFileSync(join(folder, 'index'), before[0] ?? '', { flag: 'r+' });
    await restore();
    expect(contents()).toEqual(before);
    expect(await observe()).toMatchObject(gone);
  });

  it('stays as others have written it', async () => {
    await damage();
    const newer = Buffer.alloc(4_096 * 2, 'newer');
    writeFileSync(join(folder, 'index'), newer);
    await restore();
    expect(readFileSync(join(folder, 'index'))).toEqual(newer);
    expect(wrongIn('segments/1')).toEqual([]);
  });

  it('is seen where half of what was asked is wrong at least', async () => {
    await damage();
    for (const at of wrongIn('index')) write('index', at, 0);
    expect(await observe()).toMatchObject({ isEffective: true, isThere: true });
    for (const at of wrongIn('segments/1').slice(0, 1)) write('segments/1', at, 0);
    expect(await observe()).toMatchObject({
      ...{ isEffective: false, isThere: true },
      detail: 'one bit is wrong in 1 of 4 blocks',
    });
    await expect(damage()).rejects.toThrow('one bit is wrong in 1 of 4 blocks');
  });
});

describe('a copy', () => {
  it('is refused while anything is mounted in it, which is never damaged', async ({ skip }) => {
    const place = join(folder, 'segments/live here');
    mkdirSync(place);
    if (!(await mount('--bind', live, place))) skip('this machine mounts nothing');
    expect((await examine()).refusals).toEqual([`${place} is mounted: it may be what was copied`]);
    await expect(damage()).rejects.toThrow(`${place} is mounted`);
    await runCommand(['umount', mounted.pop() ?? '']);
    const file = join(folder, 'segments/1');
    expect(await mount('--bind', join(live, 'data'), file)).toBe(true);
    expect((await examine()).refusals).toEqual([`${file} is mounted: it may be what was copied`]);
    await expect(damage()).rejects.toThrow(`${file} is mounted`);
    expect(readFileSync(join(live, 'data'), 'utf8')).toBe('live data');
  });

  it('is looked through while the agent goes on, and for so long at most', async () => {
    for (let file = 0; file < 2_000; file += 1) writeFileSync(join(folder, String(file)), 'a');
    let isOver = false;
    const examined = examine().then((found) => {
      isOver = true;
      return found;
    });
    await setImmediate();
    expect(isOver).toBe(false);
    expect((await examined).refusals).toEqual([]);
    expect((await examine(1)).refusals.join()).toContain('cannot be looked through within');
  });

  it('is not looked through to be described', async () => {
    await link(join(folder, 'index'), join(scratch, 'the-original'));
    expect((await examine()).refusals.join()).toContain('has another name');
    const describe = async () => {
      const settings = {
        ...{ longestMs: 60_000, processes: [], networks: [], proxies: [], disks: [] },
        ...{
          hostFaults: [],
          copies: [{ name: 'orders', folder, faults: ['corruption'] as const }],
        },
      };
      const about = { servers: async () => [], stateFolder };
      return (await describeChaos('web-1', settings, about))['target']?.[0];
    };
    const described = await describe();
    expect(described).not.toHaveProperty('unavailable');
    expect(described?.description).toBe(`copy orders: ${folder}: corruption, for 1m at most`);
    await rm(join(folder, '.belay-copy'));
    expect((await describe())?.unavailable).toContain('has no file .belay-copy');
  });
});
