import { delimiter, join } from 'node:path';
import { findPostgres } from '../temporal-on-postgres/programs.ts';
import { isThere } from '../programs/is-there.ts';

export interface BackupPrograms {
  /** The folder of the server, `initdb` and the others. */
  postgres: string;
  pgbackrest: string;
  restic: string;
}

type FoundPrograms = { ok: true; programs: BackupPrograms } | { ok: false; why: string };

/** Says what is missing, and how it is installed. */
export async function findBackupPrograms(): Promise<FoundPrograms> {
  if (process.platform !== 'linux') return { ok: false, why: 'this needs Linux' };
  const [postgres, pgbackrest, restic] = await Promise.all([
    findPostgres(),
    findOnPath('pgbackrest'),
    findOnPath('restic'),
  ]);
  if (postgres && pgbackrest && restic) {
    return { ok: true, programs: { postgres, pgbackrest, restic } };
  }
  const missing = Object.entries({ 'postgresql-15': postgres, pgbackrest, restic })
    .filter(([, found]) => found === undefined)
    .map(([name]) => name);
  return { ok: false, why: `not installed (Debian packages): ${missing.join(', ')}` };
}

async function findOnPath(name: string): Promise<string | undefined> {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  for (const folder of folders) {
    const path = join(folder, name);
    if (path.startsWith('/') && (await isThere(path))) return path;
  }
  return undefined;
}
