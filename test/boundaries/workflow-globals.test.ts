import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const repository = path.resolve(import.meta.dirname, '../..');
const compiler = path.join(repository, 'node_modules/typescript/bin/tsc');
let root: string;

beforeAll(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'belay-globals-'));
  const config = { extends: path.join(repository, 'workflows/tsconfig.json'), include: ['.'] };
  await writeFile(path.join(root, 'tsconfig.json'), JSON.stringify(config));
});

afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

async function compile(code: string): Promise<string> {
  await writeFile(path.join(root, 'workflow.mts'), `export ${code}`);
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', root]);
    return 'compiles';
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

test('arithmetic compiles as workflow code', async () => {
  expect(await compile('const weight = Math.min(100, 20);')).toBe('compiles');
});

test('what cannot be replayed does not compile as workflow code', async () => {
  const effects = ['fetch', 'process', 'Buffer', 'setInterval', 'require'];
  const output = await compile(`const effects: unknown[] = [${effects.join(', ')}];`);
  for (const effect of effects) expect(output).toContain(`Cannot find name '${effect}'`);
});
