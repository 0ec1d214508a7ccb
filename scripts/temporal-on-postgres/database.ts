import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../programs/run-command.ts';
import type { ClusterLayout } from './layout.ts';
import type { Programs } from './programs.ts';

export interface Database {
  port: number;
  user: string;
  password: string;
}

type Postgres = Pick<Programs, 'postgres'>;

/** PostgreSQL refuses to run as root. */
const unprivileged = 'postgres';
const stores = [
  { name: 'temporal', schema: 'postgresql/v12/temporal' },
  { name: 'temporal_visibility', schema: 'postgresql/v12/visibility' },
] as const;

/** An empty database with a password, on loopback only. Its data need not survive a crash of the machine. */
export async function createDatabase(
  { postgres }: Postgres,
  layout: Pick<ClusterLayout, 'folder' | 'database'>,
  { user, password }: Database,
): Promise<void> {
  await mkdir(layout.database, { mode: 0o700 });
  const passwordFile = join(layout.folder, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (isRoot()) {
    const [userId, groupId] = [await idOf('-u'), await idOf('-g')];
    for (const path of [layout.database, passwordFile]) await chown(path, userId, groupId);
  }
  await runCommand([
    ...asUnprivileged([join(postgres, 'initdb'), '--pgdata', layout.database]),
    ...['--username', user, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
    ...['--encoding', 'UTF8', '--locale', 'C', '--no-sync'],
  ]);
  await rm(passwordFile);
}

export function databaseCommand(
  { postgres }: Postgres,
  { database }: Pick<ClusterLayout, 'database'>,
  { port }: Database,
): [string, ...string[]] {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 200,
    synchronous_commit: 'off',
    fsync: 'off',
    jit: 'off',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  return asUnprivileged([join(postgres, 'postgres'), '-D', database, ...flags]);
}

/** Both of Temporal's databases, with the schema of the server's version. */
export async function createStores(
  { temporalSqlTool }: Programs,
  { port, user, password }: Database,
): Promise<void> {
  const env = {
    ...process.env,
    ...{ SQL_PLUGIN: 'postgres12', SQL_HOST: '127.0.0.1', SQL_PORT: String(port) },
    ...{ SQL_USER: user, SQL_PASSWORD: password },
  };
  for (const { name, schema } of stores) {
    const tool = (...args: string[]) =>
      runCommand([temporalSqlTool, '--database', name, ...args], { env });
    await tool('create-database');
    await tool('setup-schema', '--version', '0.0');
    await tool('update-schema', '--schema-name', schema);
  }
}

/** It answers a greeting, which needs no password. */
export async function isDatabaseReady(
  { postgres }: Postgres,
  { port }: Database,
): Promise<boolean> {
  const greeting = [join(postgres, 'pg_isready'), '--host', '127.0.0.1', '--port', String(port)];
  return runCommand(greeting as [string, ...string[]]).then(
    () => true,
    () => false,
  );
}

function asUnprivileged(command: readonly [string, ...string[]]): [string, ...string[]] {
  if (!isRoot()) return [...command];
  return [
    'setpriv',
    `--reuid=${unprivileged}`,
    `--regid=${unprivileged}`,
    '--clear-groups',
    ...command,
  ];
}

async function idOf(flag: string): Promise<number> {
  return Number(await runCommand(['id', flag, unprivileged]));
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}
