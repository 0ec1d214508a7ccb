import { readCount } from '../report/arguments.ts';
import { runBenchmark } from '../report/run-benchmark.ts';
import { print, printTable, progress } from '../report/tell.ts';
import { findBackupPrograms } from '../../scripts/archived-postgres/find-programs.ts';
import { checkSoundDatabases } from './sound-databases.ts';
import { checkSoundFiles } from './sound-files.ts';
import type { CheckedSound } from './checked-sound.ts';

const usage = `Usage: npm run bench:damage -- [options]

Makes sets of varying content with pgBackRest and restic, half of them each, verifies every one of them
wholly, and counts those in which damage is reported. Nothing is damaged, so that each is a false alarm.

  --sets  altogether (default: 50)
  --seed  of the content (default: 1)`;

interface DamageFigures {
  databases: CheckedSound[];
  files: CheckedSound[];
}

await runBenchmark<DamageFigures>({
  usage,
  defaults: { sets: '50', seed: '1' },
  measure: async ({ text }) => {
    const found = await findBackupPrograms();
    if (!found.ok) throw new Error(found.why);
    const { programs } = found;
    const sets = readCount('sets', text('sets'));
    const seed = readCount('seed', text('seed'));
    const ofDatabases = Math.ceil(sets / 2);
    progress(`${ofDatabases} sets of a database`);
    const databases = await checkSoundDatabases(programs, { sets: ofDatabases, seed });
    progress(`${sets - ofDatabases} sets of files`);
    const files = await checkSoundFiles(programs, { sets: sets - ofDatabases, seed });
    return { databases, files };
  },
  show: ({ databases, files }) => {
    printTable([
      ['sound sets, read in full', 'sets', 'MB of the sources', 'called damaged'],
      rowOf('PostgreSQL, by pgBackRest', databases),
      rowOf('files, by restic', files),
    ]);
    print('Target: none is called damaged.');
  },
  missed: ({ databases, files }) =>
    [...databases, ...files].flatMap(({ label, alarms }) =>
      alarms.map((alarm) => `${label}: ${alarm}`),
    ),
});

function rowOf(name: string, sets: readonly CheckedSound[]): string[] {
  const megabytes = sets.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  const alarmed = sets.filter(({ alarms }) => alarms.length > 0);
  return [name, ...[sets.length, Math.round(megabytes), alarmed.length].map(String)];
}
