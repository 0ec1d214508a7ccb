import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../src/contracts/recovery/database-details.ts';
import { findPatroni } from '../../scripts/patroni/find-patroni.ts';
import { PatroniDatabase } from '../../scripts/patroni/patroni-database.ts';
import { eventually } from '../fixtures/eventually.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<DatabaseDetails>;

const found = await findPatroni();

let machine: OneMachine;
let database: PatroniDatabase;
let planFile: string;

beforeAll(async () => {
  if (!found.ok) return;
  database = await PatroniDatabase.start({ programs: found.programs, count: 3 });
  machine = await OneMachine.start();
  const settingsFile = join(machine.folder, 'home/agent/agent.yaml');
  const settings = parse(await readFile(settingsFile, 'utf8')) as Record<string, object>;
  settings['clusters'] = Object.fromEntries(
    database.members.map((member) => [member.name, member.clusterSettings()]),
  );
  await writeFile(settingsFile, stringify(settings));
  await machine.belay(['down']);
  await machine.belay(['up', '--detach']);
  planFile = join(machine.folder, 'database.yaml');
  const nodes = database.members.map(({ name, port }) => [
    name,
    { agent: 'local', cluster: name, address: `127.0.0.1:${port}` },
  ]);
  const plan = {
    ...{ kind: 'databaseWatch', environment: 'demo', database: 'orders', confirmFor: '2s' },
    ...{ manager: 'patroni', nodes: Object.fromEntries(nodes) as object },
  };
  await writeFile(planFile, stringify(plan));
  await database.member('p1').sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
}, 300_000);

afterAll(async () => {
  if (!found.ok) return;
  await machine.stop();
  await database.close();
});

const report = async (): Promise<Report> => {
  const { stdout } = await machine.belay(['report', 'database/demo/orders', '--json']);
  return JSON.parse(stdout) as Report;
};

const configure = (body: object) =>
  fetch(`${database.member('p2').restUrl}/config`, {
    ...{ method: 'PATCH', body: JSON.stringify(body) },
    headers: { authorization: `Basic ${Buffer.from('belay:patroni-secret').toString('base64')}` },
  });

describe.skipIf(!found.ok)('a real Patroni of three members', () => {
  it('is asked for a switchover, and proven to have done it', async () => {
    await database.member('p1').sql('INSERT INTO marks VALUES (1)');
    const run = await machine.belay([
      ...['database', 'switchover', '-f', planFile, '--to', 'p2', '--watch'],
    ]);
    const { outcome, reason, details, steps } = await report();
    expect({ outcome, reason, shown: run.stdout }).toMatchObject({ outcome: 'SwitchedOver' });
    expect(details).toMatchObject({ from: 'p1', to: 'p2', promotion: { timeline: 2 } });
    expect(details.streaming?.toSorted()).toEqual(['p1', 'p3']);
    expect(JSON.stringify(steps)).not.toContain('patroni-secret');
    expect((await database.primary())?.name).toBe('p2');
    expect(await database.member('p2').sql('SELECT id FROM marks')).toEqual([{ id: '1' }]);
  }, 120_000);

  it('is not asked while it is paused', async () => {
    await configure({ pause: true });
    await eventually(async () => {
      const said = await fetch(`${database.member('p2').restUrl}/cluster`);
      expect(await said.json()).toMatchObject({ pause: true });
    });
    const run = await machine.belay(['database', 'switchover', '-f', planFile, '--watch']);
    expect(run.exitCode).not.toBe(0);
    expect(run.stdout + run.stderr).toContain('Patroni is paused');
    await configure({ pause: null });
    expect((await database.primary())?.name).toBe('p2');
  }, 60_000);

  it('fails over by itself where a host is lost, and the watch tells', async () => {
    await machine.belay(['database', 'watch', '-f', planFile]);
    const status = async () => {
      const { stdout } = await machine.belay(['status', 'database-watch/demo/orders', '--json']);
      return stdout;
    };
    await eventually(async () => expect(await status()).toContain('Watching p2'), 30_000);
    await database.member('p2').lose();
    await eventually(async () => expect(await status()).toMatch(/Watching p[13]/), 120_000);
    const next = (await database.primary())?.name ?? '';
    expect(await status()).toContain(`Patroni failed over from p2 to ${next}`);
    await machine.belay(['abort', 'database-watch/demo/orders', '--as', 'ana']);
    await database.member('p2').up();
    await database.untilRedundant();
  }, 240_000);

  it('is proven to have failed over where it does so while a person asks for it', async () => {
    const leader = await database.primary();
    await leader?.lose();
    const run = await machine.belay(['database', 'failover', '-f', planFile, '--watch']);
    const { outcome, reason, details } = await report();
    expect({ outcome, reason, shown: run.stdout }).toMatchObject({ outcome: 'FailedOver' });
    expect(details.from).toBe(leader?.name);
    expect((await database.primary())?.name).toBe(details.to);
    await leader?.up();
    await database.untilRedundant();
  }, 240_000);

  it('lets two servers take writes while the Patroni of the leader hangs: the watch names both, and nothing is asked', async () => {
    const former = await database.primary();
    if (former === undefined) throw new Error('nobody leads');
    await machine.belay(['database', 'watch', '-f', planFile]);
    const status = async () => {
      const { stdout } = await machine.belay(['status', 'database-watch/demo/orders', '--json']);
      return stdout;
    };
    await eventually(
      async () => expect(await status()).toContain(`Watching ${former.name}`),
      30_000,
    );
    former.signal('SIGSTOP');
    try {
      await eventually(
        async () => expect(await status()).toMatch(/p\d and p\d are both primaries/),
        120_000,
      );
      await former.sql('INSERT INTO marks VALUES (2)');
      const run = await machine.belay(['database', 'failover', '-f', planFile, '--watch']);
      expect(run.exitCode).not.toBe(0);
      expect(run.stdout + run.stderr).toContain('are both primaries');
    } finally {
      former.signal('SIGCONT');
    }
    await eventually(async () => expect(await status()).toMatch(/Watching p\d/), 120_000);
    expect((await database.primary())?.name).not.toBe(former.name);
    await database.untilRedundant();
    await machine.belay(['abort', 'database-watch/demo/orders', '--as', 'ana']);
  }, 300_000);
});
