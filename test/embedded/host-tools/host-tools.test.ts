import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createAgentToolsCommand } from '../../../src/cli/commands/agent-tools.ts';
import { resticPlaces, resticProgram } from '../../../src/config/restic-program.ts';
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
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho '${prints}'\n`);
  await chmod(path, 0o755);
  return path;
}

describe('an agent runs the first of the usual places', () => {
  const find = async (...places: string[]) => {
    const restic = { name: 'restic', purpose: 'files', oldest: '0.14' } as const;
    const [found] = await findHostTools({ PATH: join(folder, 'path') }, [{ ...restic, places }]);
    return found;
  };
  const usual = () => [join(folder, 'local/restic'), join(folder, 'system/restic')] as const;

  test('and so does what shows the tools of a host', async () => {
    const [local, system] = usual();
    await tool('path/restic', 'restic 0.18.0');
    await tool('system/restic', 'restic 0.16.0');
    expect(await find(local, system)).toMatchObject({ path: system, version: '0.16.0' });
    expect(resticProgram({}, usual())).toBe(system);
    await tool('local/restic', 'restic 0.17.3 compiled with go1.23.3 on linux/amd64');
    const found = await find(local, system);
    expect(found).toMatchObject({ path: local, version: '0.17.3' });
    expect(found?.problem ?? found?.toBeNamed).toBeUndefined();
    expect(resticProgram({}, usual())).toBe(local);
    expect(resticProgram({ program: '/opt/restic' }, usual())).toBe('/opt/restic');
  });

  test('so that another one has to be named', async () => {
    const [local, system] = usual();
    const elsewhere = await tool('path/restic', 'restic 0.18.0');
    expect(await find(local, system)).toMatchObject({ path: elsewhere, toBeNamed: true });
    await tool('local/restic', 'restic 0.9.6');
    expect(await find(local, system)).toMatchObject({ path: elsewhere, toBeNamed: true });
    await tool('system/restic', 'restic 0.16.0');
    expect(await find(local, system)).toMatchObject({ path: system, toBeNamed: true });
  });

  test('a tool that is too old, or shows no version, is not taken', async () => {
    const [local] = usual();
    await tool('local/restic', 'restic 0.9.6');
    expect(await find(local)).toMatchObject({ problem: 'too old: 0.14 or later is needed' });
    await tool('local/restic', 'hello');
    expect(await find(local)).toMatchObject({
      problem: expect.stringContaining('shows no version'),
    });
  });

  test('which is where the release is put', () => {
    const options = createAgentToolsCommand().commands[0]?.options;
    const folderOf = options?.find(({ long }) => long === '--to')?.defaultValue as string;
    expect(join(folderOf, 'restic')).toBe(resticPlaces[0]);
  });
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
