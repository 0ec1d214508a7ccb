import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { homeLayout } from '../../src/config/home.ts';
import type { BackupDetails } from '../../src/contracts/backups/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { writeFirstSettings } from '../../src/embedded/local-agent.ts';
import { writeQuickRepository } from '../../scripts/backup-worlds/quick-repository.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<BackupDetails>;

const example = 'examples/backup/files.yaml';

let machine: OneMachine;
let source: string;
let planFile: string;

beforeAll(async () => {
  machine = await OneMachine.start({}, prepareAgent);
  await writeFile(
    planFile,
    stringify({
      kind: 'backup',
      ...{ environment: 'demo', backup: 'shop', agent: 'local' },
      components: { uploads: { files: { paths: [source] }, repositories: ['files'] } },
      verify: { extent: 'all' },
      retention: { count: 1 },
      drill: {},
    }),
  );
}, 240_000);

afterAll(() => machine.stop());

/** With a source that its agent may read, and a repository whose key is derived at once. */
async function prepareAgent(folder: string): Promise<void> {
  const home = join(folder, 'home');
  source = join(folder, 'uploads');
  planFile = join(folder, 'plan.yaml');
  await mkdir(source);
  await writeFile(join(source, 'a.txt'), 'first');
  await writeFirstSettings({ home }, { source: 'up' });
  const { agentSettings, agentBackups, agentBackupsPassword } = homeLayout(home);
  const password = await readFile(agentBackupsPassword, 'utf8');
  await writeQuickRepository(agentBackups, password.trim());
  const settings = parse(await readFile(agentSettings, 'utf8')) as { backups: { paths: string[] } };
  settings.backups.paths.push(source);
  await writeFile(agentSettings, stringify(settings));
}

const backup = (...args: string[]) => machine.belay(['backup', ...args, '-f', planFile]);

async function reportOf(lock: string, name = 'shop'): Promise<Report> {
  const { stdout } = await machine.belay(['report', `${lock}/demo/${name}`, '--json']);
  return JSON.parse(stdout) as Report;
}

describe('backups on one machine, by restic and the agent of belay up', () => {
  it('makes and reads back a set of the example', async () => {
    const ran = await machine.belay(['backup', 'run', '-f', example, '--watch']);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stdout).toContain('Complete');
    const { details } = await reportOf('backup', 'files');
    expect(details.sets?.[0]).toMatchObject({ check: { damage: [] } });
  });

  it('makes a set, and a verification names it', async () => {
    expect(await backup('run', '--watch')).toMatchObject({ exitCode: 0 });
    expect(await backup('verify', '--watch')).toMatchObject({ exitCode: 0 });
    const [made, verified] = await Promise.all([
      reportOf('backup'),
      reportOf('backup-verification'),
    ]);
    expect(verified.outcome).toBe('Verified');
    expect(verified.details.checks?.[0]?.label).toBe(made.details.sets?.[0]?.set?.label);
    const { stdout } = await machine.belay(['backup', 'list', '--json']);
    expect(stdout).toContain(made.details.sets?.[0]?.set?.label ?? 'a label');
  });

  it('restores beside the source what was there', async () => {
    await writeFile(join(source, 'a.txt'), 'changed');
    const planned = await backup('restore', '--plan');
    expect(planned).toMatchObject({ exitCode: 0 });
    expect(planned.stdout).toContain('lost of uploads');
    const ran = await backup('restore', '--watch');
    expect(ran).toMatchObject({ exitCode: 0 });
    const { details } = await reportOf('restore');
    const folder = details.restored?.[0]?.folder ?? '';
    expect(await readFile(join(folder, source, 'a.txt'), 'utf8')).toBe('first');
    expect(await readFile(join(source, 'a.txt'), 'utf8')).toBe('changed');
  });

  it('proves a restore by a drill, and leaves no copy', async () => {
    const before = await copies();
    expect(await backup('drill', '--watch')).toMatchObject({ exitCode: 0 });
    const { outcome, details } = await reportOf('restore-drill');
    expect(outcome).toBe('Proven');
    expect(details.drill?.rtoMs).toBeGreaterThan(0);
    expect(await copies()).toEqual(before);
  });

  it('expires what the plan does not keep, and says before what that is', async () => {
    for (const content of ['second', 'third']) {
      await writeFile(join(source, 'a.txt'), content);
      expect(await backup('run', '--watch')).toMatchObject({ exitCode: 0 });
    }
    const planned = await backup('expire', '--dry-run');
    expect(planned).toMatchObject({ exitCode: 0 });
    expect(planned.stdout).toMatch(/expires/);
    expect(await backup('expire', '--watch')).toMatchObject({ exitCode: 0 });
    const { details } = await reportOf('backup-retention');
    // The first is proven, the last is the newest.
    expect(details.retention?.map(({ fate }) => fate)).toEqual(['kept', 'expired', 'kept']);
  });

  it('restores in place after an approval, and keeps what was there', async () => {
    await writeFile(join(source, 'a.txt'), 'spoilt');
    const { stdout } = await backup('restore', '--in-place', '--json');
    expect(stdout).toContain('restore/demo/shop');
    await untilAwaited('restore/demo/shop');
    expect(await machine.belay(['approve', 'restore/demo/shop'])).toMatchObject({ exitCode: 0 });
    const watched = await machine.belay(['watch', 'restore/demo/shop']);
    expect(watched).toMatchObject({ exitCode: 0 });
    expect(await readFile(join(source, 'a.txt'), 'utf8')).toBe('third');
    const { steps } = await reportOf('restore');
    expect(steps?.map(({ name }) => name)).toContain('keep uploads as it is');
  });

  it('refuses what the agent may not read, and touches nothing', async () => {
    const plan = parse(await readFile(planFile, 'utf8')) as {
      components: { uploads: { files: { paths: string[] } } };
    };
    plan.components.uploads.files.paths = ['/root'];
    const file = join(machine.folder, 'greedy.yaml');
    await writeFile(file, stringify({ ...plan, backup: 'greedy' }));
    const ran = await machine.belay(['backup', 'run', '-f', file, '--watch']);
    expect(ran.exitCode).toBe(1);
    expect(`${ran.stdout}${ran.stderr}`).toContain('/root');
  });

  it('schedules what the plan asks for', async () => {
    const applied = await machine.belay(['backup', 'schedule', '-f', planFile, '--json']);
    expect(applied).toMatchObject({ exitCode: 0 });
    const states = JSON.parse(applied.stdout) as { key: string; state: string }[];
    expect(states.map(({ key, state }) => `${key} ${state}`)).toEqual([
      'backup created',
      'verification absent',
      'retention created',
      'drill created',
    ]);
  });
});

async function untilAwaited(run: string): Promise<void> {
  for (let tries = 0; tries < 60; tries++) {
    const { stdout } = await machine.belay(['status', run]);
    if (stdout.includes('awaiting-approval')) return;
  }
  throw new Error(`${run} asks nobody`);
}

async function copies(): Promise<string[]> {
  const names = await readdir(join(machine.folder, 'home/agent/copies'));
  return names.filter((name) => !name.endsWith('.json'));
}
