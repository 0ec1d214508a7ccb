import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const execute = promisify(execFile);
const repository = path.resolve(import.meta.dirname, '../..');
const leftBehind = ['node_modules', 'dist', '.git'].map((name) => path.join(repository, name));

describe('the package, installed into an empty folder', () => {
  let root: string;
  let installed: string;

  beforeAll(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'belay-pack-'));
    const tarball = await packCleanCopy(root);
    installed = path.join(root, 'installed');
    await mkdir(installed);
    await run(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball],
      installed,
    );
  });

  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  test('has a belay command that explains itself', async () => {
    const help = await belay('--help');
    expect(help).toMatch(/^Usage: belay/);
    expect(help).toContain('deploy');
  });

  test('checks an example that came with it', async () => {
    const example = path.join(installed, 'node_modules/belay/examples/canary.json');
    await expect(belay('spec', 'check', example)).resolves.toBeDefined();
  });

  test('brings the workflow bundle along, so that a worker need not build one', async () => {
    const bundle = path.join(installed, 'node_modules/belay/dist/workflow-bundle.js');
    expect(await readFile(bundle, 'utf8')).toContain('canaryDeployment');
  });

  test('has neither sources nor tests in it', async () => {
    const names = await readdir(path.join(installed, 'node_modules/belay'));
    expect(names.sort()).toEqual(
      ['LICENSE', 'README.md', 'dist', 'examples', 'package.json', 'schemas'].sort(),
    );
  });

  function belay(...args: string[]): Promise<string> {
    return run('npx', ['--no-install', 'belay', ...args], installed);
  }
});

async function run(program: string, args: string[], cwd: string): Promise<string> {
  try {
    return (await execute(program, args, { cwd })).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${program} ${args.join(' ')} failed:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Packs from a copy without a build in it, as a fresh clone would, and leaves this tree's alone. */
async function packCleanCopy(root: string): Promise<string> {
  const copy = path.join(root, 'clone');
  await cp(repository, copy, {
    recursive: true,
    filter: (source) => !leftBehind.includes(source),
  });
  await symlink(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  await run('npm', ['pack', '--pack-destination', root], copy);
  const tarball = (await readdir(root)).find((name) => name.endsWith('.tgz'));
  if (tarball === undefined) throw new Error('npm pack made no tarball');
  return path.join(root, tarball);
}
