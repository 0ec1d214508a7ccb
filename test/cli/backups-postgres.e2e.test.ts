import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { BackupDetails } from '../../src/contracts/backups/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { TestCluster } from '../fixtures/backups/test-cluster.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<BackupDetails>;

const programs = await requireBackupPrograms('backups of a real PostgreSQL');

let machine: OneMachine;
let cluster: TestCluster;
let copies: string;
let planFile: string;

beforeAll(async () => {
  if (programs === undefined) return;
  cluster = await TestCluster.start(programs);
  machine = await OneMachine.start();
  copies = await mkdtemp(join(tmpdir(), 'belay-copies-'));
  await chmod(copies, 0o711);
  const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
  const settings = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
  settings['clusters'] = { main: cluster.settings() };
  settings['backups'] = { scratch: { folder: copies } };
  await writeFile(settingsFile, stringify(settings));
  await machine.belay(['down']);
  await machine.belay(['up', '--detach']);
  planFile = join(machine.folder, 'plan.yaml');
  await writeFile(
    planFile,
    stringify({
      kind: 'backup',
      ...{ environment: 'demo', backup: 'orders', agent: 'local' },
      components: {
        database: { postgres: { cluster: 'main' }, repositories: ['main', 'offsite'] },
      },
      verify: { extent: 'all' },
      drill: { secondRepositoryEvery: 0 },
      objectives: { rto: '10m', rpo: '10m' },
    }),
  );
}, 300_000);

afterAll(async () => {
  if (programs === undefined) return;
  await machine.stop();
  await cluster.close();
  await rm(copies, { recursive: true, force: true });
});

describe.skipIf(programs === undefined)('backups of a real PostgreSQL', () => {
  it('are made in two repositories, marked and read back, and proven to the second', async () => {
    const made = await machine.belay(['backup', 'run', '-f', planFile, '--watch']);
    expect(made.stdout).toContain('Complete');
    const drill = await machine.belay(['backup', 'drill', '-f', planFile, '--watch']);
    const { stdout } = await machine.belay(['report', 'restore-drill/demo/orders', '--json']);
    const { outcome, reason, details } = JSON.parse(stdout) as Report;
    expect({ outcome, reason, code: drill.exitCode }).toMatchObject({ outcome: 'Proven' });
    expect(details.drill?.rpoMs).toBeGreaterThanOrEqual(0);
    expect((await readdir(copies)).filter((name) => !name.endsWith('.json'))).toEqual([]);
  }, 300_000);
});
