import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import type { BackupDetails } from '../../src/contracts/backups/details.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import { ArchivedCluster } from '../../scripts/archived-postgres/archived-cluster.ts';
import { readRunFile } from '../../src/processes/run-file.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<BackupDetails>;

const programs = await requireBackupPrograms('backups of a real PostgreSQL');

let machine: OneMachine;
let cluster: ArchivedCluster;
let copies: string;
let planFile: string;

beforeAll(async () => {
  if (programs === undefined) return;
  cluster = await ArchivedCluster.start(programs);
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

  it('are restored in the place of the running database, with the agent killed in the middle', async () => {
    await cluster.sql('CREATE TABLE orders AS SELECT 1 AS id');
    await cluster.archiveLog();
    const to = new Date(Date.now() - 1).toISOString();
    // The end of the log is known in whole seconds.
    await sleep(1_100);
    await cluster.sql('DROP TABLE orders');
    await cluster.archiveLog();
    const asked = ['backup', 'restore', '-f', planFile, '--to-time', to, '--in-place'];
    const refused = await machine.belay([...asked, '--plan']);
    expect(refused.stdout + refused.stderr).toContain('database: PostgreSQL runs there');

    const started = await machine.belay([...asked, '--stop']);
    expect(started).toMatchObject({ exitCode: 0 });
    const run = 'restore/demo/orders';
    await machine.until(run, 'awaiting-approval');
    expect((await cluster.sql('SELECT pg_is_in_recovery() AS recovering'))[0]).toEqual({
      recovering: false,
    });
    await machine.belay(['approve', run]);
    const beside = async () =>
      (await readdir(cluster.folder)).filter((name) => name.includes('.belay-'));
    await eventually(async () => {
      if (!(await beside()).some((name) => name.includes('kept'))) throw new Error('not swapped');
    }, 120_000);
    const { agentRun } = homeLayout(join(machine.folder, 'home'));
    const agent = await readRunFile(agentRun('local'), z.object({ pid: z.number() }));
    process.kill(agent?.pid ?? 0, 'SIGKILL');

    const report = await eventually(() => machine.json<Report>(['report', run]), 240_000);
    expect(report).toMatchObject({
      outcome: 'Restored',
      reason: expect.stringMatching(/^in place: database from /) as string,
    });
    expect(await cluster.sql('SELECT id FROM orders')).toEqual([{ id: 1 }]);
    expect(await beside()).toEqual([expect.stringMatching(/^data\.belay-replaced-until-/)]);
  }, 400_000);
});
