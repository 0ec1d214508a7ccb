import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { packCleanCopy, run } from '../fixtures/pack.ts';

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

  test.each(['workflow-bundle.js', 'workflow-bundle-encoding-failures.js'])(
    'brings %s along, so that a worker need not build one',
    async (name) => {
      const bundle = path.join(installed, 'node_modules/belay/dist', name);
      expect(await readFile(bundle, 'utf8')).toContain('canaryDeployment');
    },
  );

  test('has an agent that checks its settings, and the watchdog that it starts', async () => {
    const settings = path.join(root, 'agent.yaml');
    await writeFile(settings, 'name: packed\nstateFolder: /tmp/packed\ncommands: {}\n');
    await expect(belay('agent', '--config', settings, '--check')).resolves.toBe('');
    const watchdog = path.join(installed, 'node_modules/belay/dist/src/agent/watchdog/main.js');
    expect((await stat(watchdog)).isFile()).toBe(true);
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
