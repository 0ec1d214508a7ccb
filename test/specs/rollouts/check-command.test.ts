import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { createSpecCommand } from '../../../src/cli/commands/spec.ts';
import { everyRun } from '../../../src/cli/registry.ts';

let folder: string;
const good = 'examples/canary.yaml';
let bad: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'belay-specs-'));
  bad = join(folder, 'bad.yaml');
  await writeFile(bad, 'kind: rollback\nservice: shop\nenvironment: demo\ntarget: local\n');
});

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

afterAll(() => rm(folder, { recursive: true }));

async function run(...args: string[]): Promise<{ stdout: string; exitCode: unknown }> {
  let stdout = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    stdout += String(chunk);
    return true;
  });
  await createSpecCommand(await everyRun.load()).parseAsync(args, { from: 'user' });
  return { stdout, exitCode: process.exitCode };
}

it('passes a good spec and says what it is', async () => {
  expect(await run('check', good)).toStrictEqual({
    stdout: `${good}: ok (canary of demo/shop)\n`,
    exitCode: undefined,
  });
});

it('exits 2 when one of several files is bad, and still checks the others', async () => {
  expect(await run('check', bad, good)).toStrictEqual({
    stdout: [
      `${bad}: 1 problem`,
      '  line 4, target: "local" is not accepted; write a mapping such as { platform: local }',
      `${good}: ok (canary of demo/shop)`,
      '',
    ].join('\n'),
    exitCode: 2,
  });
});

it('counts a file that is not there as bad input', async () => {
  const { stdout, exitCode } = await run('check', join(folder, 'none.yaml'));
  expect(stdout).toContain('cannot be read: ENOENT');
  expect(exitCode).toBe(2);
});

it('gives scripts each path, message and line', async () => {
  const { stdout } = await run('check', '--json', bad, good);
  expect(JSON.parse(stdout)).toMatchObject([
    { file: bad, ok: false, problems: [{ path: 'target', line: 4 }] },
    { file: good, ok: true, spec: { kind: 'canary', replicas: 2 } },
  ]);
});

it('prints the schema of one kind, or of any', async () => {
  expect(JSON.parse((await run('schema', 'rollback')).stdout)).toMatchObject({
    title: 'Belay rollback spec',
    required: ['service', 'environment', 'target'],
  });
  expect(JSON.parse((await run('schema')).stdout)).toMatchObject({ title: 'Belay spec' });
});
