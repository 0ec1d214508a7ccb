import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RowsFile } from '../../../../src/adapters/pgbackrest/search/rows-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-rows-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(lines: readonly string[], mostBytes = 2 ** 30) {
  const path = join(folder, 'rows.csv');
  const rows = await RowsFile.open(path, { mostBytes, onFull: () => new Error('full') });
  try {
    for (const line of lines) rows.add(line);
    return { ...(await rows.finish()), text: await readFile(path, 'utf8') };
  } finally {
    await rows.close();
  }
}

it.each([
  ['no line at all', [], 0],
  ['the names of columns alone', ['id,name'], 0],
  ['a row of several lines', ['id,name', '1,"two', 'lines ""quoted""', 'and three"', '2,'], 2],
])('counts rows of %s', async (_, lines, rows) => {
  const text = lines.map((line) => `${line}\n`).join('');
  expect(await write(lines)).toEqual({ rows, bytes: Buffer.byteLength(text), text });
});

it('writes more than it keeps in memory, and no more bytes than it may', async () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `${index},${'ä'.repeat(200)}`);
  const { rows, bytes } = await write(['id,name', ...lines]);
  expect(rows).toBe(5_000);
  expect(bytes).toBeGreaterThan(2_000_000);
  await rm(join(folder, 'rows.csv'));
  await expect(write(lines, 1_000)).rejects.toThrow('full');
});
