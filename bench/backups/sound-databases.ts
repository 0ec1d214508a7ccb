import { BackupWorld } from '../../scripts/backup-worlds/backup-world.ts';
import type { BackupPrograms } from '../../scripts/archived-postgres/find-programs.ts';
import { setTypes } from '../../src/contracts/backups/backup-set.ts';
import { seeded, type Random } from '../analysis/random.ts';
import { progress } from '../report/tell.ts';
import { alarmsIn, type CheckedSound } from './checked-sound.ts';

type Change = (world: BackupWorld, table: string, random: Random) => Promise<unknown>;

/** What becomes of a database between two of its sets. */
const changes: readonly Change[] = [
  ({ cluster }, table, random) =>
    cluster.sql(
      `CREATE TABLE ${table} AS SELECT n AS id, md5(n::text) AS about FROM generate_series(1, ${1 + Math.floor(random() * 50_000)}) AS n`,
    ),
  ({ cluster }, table) => cluster.sql(`CREATE TABLE ${table} ()`),
  ({ cluster }, table) =>
    cluster.sql(
      `CREATE UNLOGGED TABLE ${table} AS SELECT n AS id FROM generate_series(1, 1000) AS n`,
    ),
  async ({ cluster }, table) => {
    await cluster.sql(`CREATE TABLE ${table} (id serial PRIMARY KEY, at timestamptz, body text)`);
    await cluster.sql(
      `INSERT INTO ${table} (body) SELECT repeat('long', 20000) FROM generate_series(1, 20)`,
    );
    await cluster.sql(`DELETE FROM ${table} WHERE id % 2 = 0`);
    await cluster.sql(`VACUUM ${table}`);
  },
  ({ cluster }, table) => cluster.sql(`CREATE DATABASE ${table}`),
  ({ cluster }, table) => cluster.sql(`CREATE ROLE ${table} LOGIN PASSWORD 'of tests'`),
  ({ cluster }) =>
    cluster.sql("SELECT lo_from_bytea(0, decode(repeat(md5(random()::text), 9000), 'hex'))"),
  ({ cluster }) => cluster.archiveLog(),
  async ({ cluster }) => {
    await cluster.stopServer();
    await cluster.startServer();
  },
  () => Promise.resolve(),
];

export async function checkSoundDatabases(
  programs: BackupPrograms,
  { sets, seed }: { sets: number; seed: number },
): Promise<CheckedSound[]> {
  const random = seeded(seed);
  const world = await BackupWorld.open(programs, { cipherPass: 'of a benchmark' });
  const checked: CheckedSound[] = [];
  try {
    for (let nth = 0; nth < sets; nth++) {
      const change = changes[nth % changes.length];
      for (const statement of ['one', 'two']) {
        await change?.(world, `${statement}_${nth}`, random);
      }
      const type = setTypes[Math.floor(random() * setTypes.length)] ?? 'full';
      const repository = random() < 0.5 ? 'main' : 'offsite';
      const set = await world.makeSet(type, repository);
      checked.push(alarmsIn(set, await world.check(set.label, { repository })));
      progress(`${set.label} in ${repository}: ${checked.at(-1)?.alarms.join('; ') || 'sound'}`);
    }
  } finally {
    await world.close();
  }
  return checked;
}
