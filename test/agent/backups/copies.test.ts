import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Copies, type CopyRecord } from '../../../src/agent/backups/copies.ts';

const gib = 2 ** 30;
let folder: string;
let copies: Copies;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-copies-'));
  copies = new Copies({ folder, mostBytes: 1.5 * gib });
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function wanted(copy: string, bytes: number): CopyRecord {
  const component = {
    ...{ name: 'uploads', agent: 'db-1', repositories: ['files'] },
    source: { kind: 'files' as const, paths: ['/srv'], exclude: [] },
  };
  const times = { keepForMs: 60_000, removeAtMs: Date.now() + 60_000 };
  return {
    copy,
    plan: { environment: 'prod', backup: 'shop' },
    component,
    bytes,
    ...times,
    acts: [],
  };
}

const isOpened = async (copy: string, bytes: number) =>
  copies.open(wanted(copy, bytes), undefined).then(
    () => true,
    () => false,
  );

describe('room for a copy', () => {
  test('is given once, where several ask for it at the same moment', async () => {
    const opened = await Promise.all(['a', 'b', 'c'].map((copy) => isOpened(copy, gib)));
    expect(opened.filter(Boolean)).toHaveLength(1);
    expect(await copies.list()).toHaveLength(1);
  });

  test('is not given twice to one copy', async () => {
    expect(await isOpened('a', gib)).toBe(true);
    expect(await isOpened('a', gib)).toBe(true);
  });

  test('is promised until the copy is restored, and then taken', async () => {
    copies = new Copies({ folder });
    await copies.open(wanted('a', gib), undefined);
    const refused = copies.open(wanted('b', 2 ** 60), undefined);
    await expect(refused).rejects.toThrow(/left, and 1\.00 GiB are promised to other copies$/);
    await copies.endRestore('a');
    await expect(copies.open(wanted('b', 2 ** 60), undefined)).rejects.toThrow(/GiB left$/);
  });

  test('is refused to one of unknown size', async () => {
    await expect(copies.open(wanted('a', Number.NaN), undefined)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('the size of its set is not known'),
    });
    expect(await copies.list()).toEqual([]);
  });

  test('is bounded also beside a file of another program', async () => {
    await writeFile(join(folder, 'foreign.json'), '{"name": "of another program"}');
    expect(await isOpened('a', gib)).toBe(true);
    expect(await isOpened('b', gib)).toBe(false);
  });
});
