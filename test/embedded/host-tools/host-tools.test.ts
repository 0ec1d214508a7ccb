import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fetchRestic } from '../../../src/embedded/host-tools/fetch-restic.ts';
import { findHostTools } from '../../../src/embedded/host-tools/host-tools.ts';

let folder: string;
let server: Server | undefined;
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'belay-host-tools-'))));
afterEach(async () => {
  server?.close();
  server = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function tool(name: string, prints: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\necho '${prints}'\n`);
  await chmod(path, 0o755);
  return path;
}

const find = async (name: string) =>
  (await findHostTools({ PATH: folder })).find(({ tool: { name: found } }) => found === name);

test('a tool is taken from the PATH first', async () => {
  const path = await tool('restic', 'restic 0.17.3 compiled with go1.23.3 on linux/amd64');
  const found = await find('restic');
  expect(found).toMatchObject({ path, version: '0.17.3' });
  expect(found?.problem).toBeUndefined();
});

test('a tool that is too old, or shows no version, is not taken', async () => {
  const path = await tool('pgbackrest', 'pgBackRest 2.30');
  const old = await find('pgbackrest');
  // Another one may be installed on this machine.
  if (old?.path === path) expect(old.problem).toBe('too old: 2.41 or later is needed');
  else expect(old?.problem).toBeUndefined();
  await tool('restic', 'hello');
  expect((await find('restic'))?.version).not.toBe('hello');
});

async function serve(content: Buffer): Promise<string> {
  server = createServer((_, response) => response.end(content));
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/restic.bz2`;
}

async function compressed(): Promise<Buffer> {
  const source = join(folder, 'program');
  await writeFile(source, '#!/bin/sh\necho restic 0.17.3\n');
  execFileSync('bzip2', [source]);
  return readFileSync(`${source}.bz2`);
}

test('a release with the pinned checksum is put in place, ready to run', async () => {
  const content = await compressed();
  const sha256 = createHash('sha256').update(content).digest('hex');
  const target = join(folder, 'bin');
  await mkdir(target);
  const said: string[] = [];
  const url = await serve(content);
  const path = await fetchRestic(target, (line) => said.push(line), { url, sha256 });
  expect(execFileSync(path).toString()).toBe('restic 0.17.3\n');
  expect(readdirSync(target)).toEqual(['restic']);
  expect(said).toEqual([`fetching restic: ${url} (sha256 pinned)`]);
});

test('a release that is another file is refused, and nothing is put in place', async () => {
  const url = await serve(await compressed());
  const target = join(folder, 'bin');
  await mkdir(target);
  const fetched = fetchRestic(target, () => undefined, { url, sha256: '0'.repeat(64) });
  await expect(fetched).rejects.toThrow(/its sha256 is [0-9a-f]{64} instead of 0{64}/);
  expect(readdirSync(target)).toEqual([]);
});
