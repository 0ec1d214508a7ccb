import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildModule,
  isModuleBuilt,
  type GoModule,
  type ProvisionOptions,
} from '../programs/build-module.ts';
import { goObstacle } from '../programs/go-obstacle.ts';
import { isThere } from '../programs/is-there.ts';

const temporal = {
  name: 'temporal-on-postgres/temporal',
  folder: join(import.meta.dirname, 'modules/temporal'),
  packages: {
    'temporal-server': 'go.temporal.io/server/cmd/server',
    'temporal-sql-tool': 'go.temporal.io/server/cmd/tools/sql',
  },
  linkFlags: '-s -w',
} satisfies GoModule;

/** Where Debian installs them; they are not on the PATH. */
const postgresFolders = '/usr/lib/postgresql';
/** Temporal's schema requires 12 or newer. */
const oldestPostgres = 12;

export interface Programs {
  /** The folder with its server program, `initdb` and the others. */
  postgres: string;
  temporalServer: string;
  temporalSqlTool: string;
}

/** Why this machine cannot run the servers; empty if it can. */
export async function obstacles(): Promise<string[]> {
  if (process.platform !== 'linux') return ['these servers need Linux'];
  const postgres = await findPostgres();
  return [
    ...(await goObstacle()),
    ...((await isThere('setpriv')) ? [] : ['setpriv (Debian: util-linux) is missing']),
    ...(postgres ? [] : ['PostgreSQL is missing (Debian: apt-get install postgresql-15)']),
  ];
}

/** Whether nothing has to be built. */
export function isServerBuilt(cache: string): Promise<boolean> {
  return isModuleBuilt(temporal, cache);
}

/** Pinned, from Belay's cache, or else built, which takes some minutes. Throws SetupFailed. */
export async function providePrograms(options: ProvisionOptions): Promise<Programs> {
  const built = await buildModule(temporal, options);
  return {
    postgres: (await findPostgres()) ?? '',
    temporalServer: built['temporal-server'],
    temporalSqlTool: built['temporal-sql-tool'],
  };
}

/** Undefined where there is none that is new enough. */
export async function findPostgres(): Promise<string | undefined> {
  const versions = (await readdir(postgresFolders).catch(() => [])).map(Number);
  const [newest] = versions.filter((version) => version >= oldestPostgres).sort((a, b) => b - a);
  if (newest === undefined) return undefined;
  const folder = join(postgresFolders, String(newest), 'bin');
  return (await isThere(join(folder, 'initdb'))) ? folder : undefined;
}
