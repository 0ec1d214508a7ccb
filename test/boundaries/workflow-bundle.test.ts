import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundleChecked } from '../../scripts/checks/checked-bundle.ts';

const repository = path.resolve(import.meta.dirname, '../..');
let root: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'belay-bundle-'));
  await mkdir(path.join(root, 'workflows'));
  await symlink(path.join(repository, 'node_modules'), path.join(root, 'node_modules'));
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

async function bundleOf(workflow: string): Promise<number> {
  await writeFile(path.join(root, 'workflows/story.ts'), workflow);
  await writeFile(
    path.join(root, 'workflows/index.cjs'),
    "module.exports = require('./story.ts');",
  );
  return (await bundleChecked(root)).modules;
}

test('a workflow of plain code is bundled', async () => {
  const plain = `import { sleep } from '@temporalio/workflow';
    export async function nap(): Promise<void> { await sleep('1s'); }`;
  await expect(bundleOf(plain)).resolves.toBeGreaterThan(10);
});

test('zod in the bundle is refused by name', async () => {
  const validating = `import { z } from 'zod';
    export async function check(input: unknown): Promise<string> { return z.string().parse(input); }`;
  await expect(bundleOf(validating)).rejects.toThrow(/contains .*node_modules\/zod\//);
});

test.each(['fs', 'node:fs'])('%s in the bundle is refused', async (builtin) => {
  const reading = `import { readFileSync } from '${builtin}';
    export async function read(): Promise<string> { return readFileSync('/etc/hostname', 'utf8'); }`;
  await expect(bundleOf(reading)).rejects.toThrow(
    /disallowed modules|Webpack finished with errors/,
  );
});
