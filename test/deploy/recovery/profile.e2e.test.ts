/** The profile `recovery` of docker-compose.yml without its containers: what they run, on this machine. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { homeLayout } from '../../../src/config/home.ts';
import { OneMachine } from '../../cli/one-machine.ts';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { provideSeaweedfs } from '../../setup/provide-seaweedfs.ts';
import { readComposeFile } from '../compose-file.ts';
import { containerObstacle, ProfileOnOneMachine } from './profile-on-one-machine.ts';

const programs = await requireBackupPrograms('the profile recovery of docker compose');
const weed = await provideSeaweedfs(loadConfig().cache);
const obstacle = await containerObstacle();
if (obstacle !== undefined) console.warn(`skipped: the profile recovery: ${obstacle}`);
const { services } = await readComposeFile();
const names = ['object-store', 'database-1', 'database-2', 'pooler'];

describe.skipIf([programs, weed].includes(undefined) || obstacle !== undefined)(
  'the profile recovery',
  () => {
    let machine: OneMachine;
    let profile: ProfileOnOneMachine;

    beforeAll(async () => {
      machine = await OneMachine.start();
      const run = await readFile(homeLayout(join(machine.folder, 'home')).temporalRun, 'utf8');
      const { address } = JSON.parse(run) as { address: string };
      profile = await ProfileOnOneMachine.prepare({
        ...{ services, weed: weed ?? '', environment: { TEMPORAL_ADDRESS: address } },
      });
    }, 120_000);
    afterAll(async () => {
      await profile.close();
      await machine.stop();
    });

    const ask = async (host: string, statement: string, user = 'shop') => {
      const client = new Client({
        ...{ host: '127.0.0.1', port: profile.portOf(host), database: 'shop', user },
        password: await profile.secret(`${user}-password`),
      });
      await client.connect();
      try {
        return (await client.query(statement)).rows as Record<string, unknown>[];
      } finally {
        await client.end();
      }
    };

    const asked = (host: string, statement: string) =>
      eventually(async () => {
        try {
          return await ask(host, statement);
        } catch (error) {
          throw new Error(`${String(error)}\n${await profile.log(host)}`, { cause: error });
        }
      }, 120_000);

    const belay = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await machine.belay([...args, '--watch']);
      expect(exitCode, stdout + stderr).toBe(0);
      return stdout;
    };

    test('is a primary and a standby behind PgBouncer, each with an agent', async () => {
      await Promise.all(names.map((name) => profile.start(name)));
      await asked('pooler', 'CREATE TABLE orders AS SELECT 1 AS id');
      expect(await asked('database-2', 'SELECT id FROM orders')).toEqual([{ id: 1 }]);
      await eventually(async () => {
        const { stdout } = await machine.belay(['agents']);
        for (const name of ['database-1', 'database-2', 'pooler']) {
          expect(stdout).toMatch(new RegExp(`${name} +polling`));
        }
      }, 60_000);
    }, 240_000);

    test('is backed up in the volume and in the object store, and proven', async () => {
      const plan = await profile.example('examples/compose/recovery/backup.yaml');
      const made = await eventually(() => belay('backup', 'run', '-f', plan), 120_000);
      expect(made).toContain('Complete');
      expect(await belay('backup', 'drill', '-f', plan)).toContain('Proven');
    }, 300_000);

    test('is switched over, and comes back that way from a stop', async () => {
      const plan = await profile.example('examples/compose/recovery/database.yaml');
      expect(await belay('database', 'switchover', '-f', plan)).toContain('SwitchedOver');
      await ask('pooler', 'INSERT INTO orders VALUES (2)');
      expect(await ask('database-2', 'SELECT max(id) FROM orders')).toEqual([{ max: 2 }]);
      await profile.stop('database-1');
      await expect(ask('database-1', 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
      await profile.start('database-1');
      const rows = () => asked('database-1', 'SELECT id FROM orders ORDER BY id');
      await eventually(async () => expect(await rows()).toEqual([{ id: 1 }, { id: 2 }]), 60_000);
    }, 300_000);

    test('starts no former primary while there is another', async () => {
      await profile.stop('database-2');
      await profile.stop('database-1');
      // Nobody fenced it: it takes itself for the primary still.
      await profile.makePrimary('database-1');
      await profile.start('database-2');
      await asked('database-2', 'SELECT 1');
      await profile.start('database-1');
      await eventually(async () => {
        expect(await profile.log('database-1')).toContain('PostgreSQL is not started: ');
      }, 60_000);
      await expect(ask('database-1', 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
    }, 240_000);
  },
);
