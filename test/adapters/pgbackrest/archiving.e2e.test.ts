import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { requireBackupPrograms } from '../../fixtures/backups/find-programs.ts';
import { BackupWorld } from '../../../scripts/backup-worlds/backup-world.ts';
import { eventually } from '../../fixtures/eventually.ts';
import { giveToUnprivileged } from '../../../scripts/archived-postgres/unprivileged.ts';

const programs = await requireBackupPrograms('what a real PostgreSQL is examined for');

describe.skipIf(programs === undefined)('what a real PostgreSQL is examined for', () => {
  let world: BackupWorld;

  beforeAll(async () => {
    world = await BackupWorld.open(programs!);
    await world.cluster.sql(
      'CREATE TABLE orders (id serial PRIMARY KEY, at timestamptz DEFAULT now())',
    );
    await world.cluster.sql('INSERT INTO orders SELECT FROM generate_series(1, 1000)');
    await world.makeSet('full');
  });
  afterAll(() => world.close());

  test('a sound cluster has no refusals', async () => {
    const facts = await world.provider.examineSource(world.call, world.attempt());
    expect(facts).toMatchObject({
      refusals: [],
      remarks: [],
      tool: expect.stringMatching(/^pgBackRest 2\./) as unknown,
      identity: expect.any(String) as unknown,
      database: { role: 'primary', running: true, at: { timeline: 1 } },
    });
    const [row] = await world.cluster.sql<{ id: string }>(
      'SELECT system_identifier::text AS id FROM pg_control_system()',
    );
    expect(facts.identity).toBe(row?.id);
  });

  test('a wrong passphrase and a missing stanza are refused, with what to do', async () => {
    const { cluster, settings } = world;
    const vault = join(cluster.folder, 'repositories', 'vault');
    const config = join(cluster.folder, 'vault.conf');
    const text = await readFile(cluster.config, 'utf8');
    const lines = [
      `repo3-path=${vault}`,
      'repo3-cipher-type=aes-256-cbc',
      'repo3-cipher-pass=a right one',
    ];
    await writeFile(config, text.replace('[main]', [...lines, '[main]'].join('\n')));
    await giveToUnprivileged(config);
    const secret = join(cluster.folder, 'wrong');
    await writeFile(secret, 'a wrong one');
    const { pgbackrest } = settings;
    const withVault = (changes: Partial<typeof pgbackrest>) =>
      world.providerFor({
        pgbackrest: { ...pgbackrest, config, repositories: { vault: 3 }, ...changes },
      });
    const component = { ...world.call.component, repositories: ['vault'] };
    const examine = async (changes: Partial<typeof pgbackrest>) =>
      (await withVault(changes).examineSource({ ...world.call, component }, world.attempt()))
        .refusals;
    expect(await examine({})).toEqual([
      `repository vault (repo3): has no stanza main: run pgbackrest --config=${config} --stanza=main stanza-create. If it had one, it is gone: is something else mounted in its place?`,
    ]);
    await cluster.as(programs!.pgbackrest, `--config=${config}`, '--stanza=main', 'stanza-create');
    expect(await examine({ secrets: { PGBACKREST_REPO3_CIPHER_PASS: { file: secret } } })).toEqual([
      expect.stringContaining(
        'cannot be decrypted: is its passphrase the one that it was made with?',
      ),
    ]);
  });

  test('a segment that is in the repository already does not stop archiving', async () => {
    const { cluster } = world;
    const name = await cluster.archiveLog();
    const { wal } = await world.contents();
    const path = join(cluster.dataFolder, 'pg_wal', name);
    const pushed = await cluster.tryPgbackrest('archive-push', path);
    expect(pushed.exitCode).toBe(0);
    expect((await world.contents()).wal).toEqual(wal);
  });

  test('a standby is what a set is made from, and the primary only while its replay is paused and where that is allowed', async () => {
    const { cluster, settings, tools } = world;
    const standby = await cluster.addStandby();
    const of = (allowPrimary: boolean) =>
      world.providerFor({
        ...standby,
        pgbackrest: { ...settings.pgbackrest, allowPrimary },
      });
    const make = async (allowPrimary: boolean) =>
      of(allowPrimary).makeSet(
        { ...world.call, act: world.nextAct(), repository: 'main', type: 'incremental' },
        world.attempt(),
      );
    const facts = await of(true).examineSource(world.call, world.attempt());
    expect(facts).toMatchObject({ refusals: [], database: { role: 'standby' } });
    await make(true);
    expect(tools.acts.at(-1)?.environment).toMatchObject({ PGBACKREST_BACKUP_STANDBY: 'y' });
    await cluster.sql('SELECT pg_wal_replay_pause()', standby);
    await eventually(async () => {
      const [row] = await cluster.sql<{ it: string }>(
        'SELECT pg_get_wal_replay_pause_state() AS it',
        standby,
      );
      if (row?.it !== 'paused') throw new Error(`not paused yet: ${row?.it ?? ''}`);
    });
    await expect(make(false)).rejects.toThrow('the replay of this standby is paused');
    const paused = await of(true).examineSource(world.call, world.attempt());
    expect(paused.remarks).toEqual([expect.stringContaining('it is made from the primary')]);
    await make(true);
    expect(tools.acts.at(-1)?.environment).toMatchObject({ PGBACKREST_BACKUP_STANDBY: 'n' });
    await expect(
      of(true).writeMark({ ...world.call, act: world.nextAct(), nonce: 'n' }, world.attempt()),
    ).rejects.toThrow('marks are written on the primary');
    await cluster.stopServer(standby.dataFolder);
    await cluster.sql(`SELECT pg_drop_replication_slot('standby')`);
  });

  test('a database that serves while its archiving fails is refused', async () => {
    const { cluster } = world;
    await cluster.sql(
      `ALTER SYSTEM SET archive_command = 'pgbackrest archive-push --config=/nowhere %p'`,
    );
    await cluster.sql('SELECT pg_reload_conf()');
    await cluster.sql('INSERT INTO orders DEFAULT VALUES; SELECT pg_switch_wal()');
    await eventually(async () => {
      const { refusals } = await world.provider.examineSource(world.call, world.attempt());
      expect(refusals).toEqual([
        expect.stringMatching(/cannot archive its log: .* segments are waiting/),
      ]);
    });
  });

  test('log that was dropped with success is noticed, although PostgreSQL says that it is archived', async () => {
    const { cluster } = world;
    await cluster.sql(`ALTER SYSTEM SET archive_command = 'true pgbackrest archive-push'`);
    await cluster.sql('SELECT pg_reload_conf()');
    await cluster.archiveLog();
    const { refusals, remarks } = await world.provider.examineSource(world.call, world.attempt());
    expect(refusals).toEqual([]);
    expect(remarks).toEqual([
      expect.stringMatching(/repository main does not have it .* make a full backup now/),
      expect.stringMatching(/repository offsite does not have it/),
    ]);
    await cluster.sql('ALTER SYSTEM RESET archive_command');
    await cluster.sql('SELECT pg_reload_conf()');
  });
});
