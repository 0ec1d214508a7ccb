import { randomBytes, randomInt } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { loadConfig } from '../../src/config/load-config.ts';
import { freePort, isPortFree } from '../../src/embedded/ports.ts';
import { isAlive, stopProcess } from '../../src/processes/identity.ts';
import { SetupFailed } from '../programs/failure.ts';
import { withLock } from '../programs/lock.ts';
import {
  createDatabase,
  createStores,
  databaseCommand,
  isDatabaseReady,
  type Database,
} from './database.ts';
import { clusterLayout } from './layout.ts';
import { ensureNamespace, serves } from './namespace.ts';
import { serverCommand, startPart } from './parts.ts';
import { obstacles, providePrograms, type Programs } from './programs.ts';
import { readRecord, writeRecord, type ClusterAccess, type ClusterRecord } from './record.ts';
import { choosePorts, serverSettings } from './server-settings.ts';

export const serverNames = ['server-1', 'server-2'] as const;
export type ServerName = (typeof serverNames)[number];

type Log = (line: string) => void;

const stopGraceMs = 5_000;
/** The order in which parts are stopped, so that each can end cleanly. */
const stopOrder = ['balancer', ...serverNames, 'database'];
const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** One cluster per name, even if it is started repeatedly; a broken one is replaced. Throws SetupFailed. */
export async function upCluster(name: string, log: Log): Promise<ClusterAccess> {
  const found = await obstacles();
  if (found.length > 0) {
    throw new SetupFailed(['This machine cannot run the servers:', ...found].join('\n  '));
  }
  return withLock(clusterLayout(name).lock, async () => {
    const present = await readRecord(name);
    if (present?.access && (await isWhole(present))) return present.access;
    if (present) log(`${name} is broken: starting it again`);
    await takeDown(name);
    const programs = await providePrograms({ cache: loadConfig().cache, log });
    try {
      return await bringUp(name, programs);
    } catch (error) {
      await takeDown(name);
      throw error;
    }
  });
}

/** Removes everything; it is a success if there is nothing. */
export async function downCluster(name: string): Promise<void> {
  await withLock(clusterLayout(name).lock, () => takeDown(name));
}

/** The running cluster. Throws SetupFailed if there is none. */
export async function findCluster(name: string): Promise<ClusterAccess> {
  const record = await readRecord(name);
  if (record?.access && (await isWhole(record))) return record.access;
  throw new SetupFailed(`No cluster ${name} is up. Start it: scripts/temporal-cluster up`);
}

/** SIGKILL, as if the machine had failed. */
export async function killServer(name: string, server: ServerName): Promise<void> {
  const record = await readRecord(name);
  const part = record?.processes.find((one) => one.name === server);
  if (!part || !(await isAlive(part))) throw new SetupFailed(`${server} of ${name} is not running`);
  process.kill(part.pid, 'SIGKILL');
}

/** With the same ports, after it was killed. */
export async function startServer(name: string, server: ServerName): Promise<void> {
  const record = await readRecord(name);
  if (!record?.access) throw new SetupFailed(`No cluster ${name} has been up`);
  const programs = await providePrograms({ cache: loadConfig().cache, log: () => undefined });
  const address = record.access.servers[server] ?? '';
  await startPart(record, server, serverCommand(programs, name, server), () => serves(address));
}

async function bringUp(name: string, programs: Programs): Promise<ClusterAccess> {
  const layout = clusterLayout(name);
  await mkdir(layout.folder, { recursive: true });
  await mkdir(layout.settings, { mode: 0o700 });
  const record: ClusterRecord = { name, processes: [] };
  const database: Database = {
    port: await freePort(),
    user: 'temporal',
    password: randomBytes(16).toString('hex'),
  };
  await createDatabase(programs, layout, database);
  await startPart(record, 'database', databaseCommand(programs, layout, database), () =>
    isDatabaseReady(programs, database),
  );
  await createStores(programs, database);

  const dynamic = join(layout.settings, 'dynamic.yaml');
  await writeFile(dynamic, '{}\n');
  const servers: Record<string, string> = {};
  const frontends: number[] = [];
  for (const server of serverNames) {
    const ports = await choosePorts(freePort, freeLowPort);
    const file = join(layout.settings, `${server}.yaml`);
    await writeFile(file, serverSettings(database, ports, dynamic), { mode: 0o600 });
    const address = `127.0.0.1:${ports.frontend.grpc}`;
    await startPart(record, server, serverCommand(programs, name, server), () => serves(address));
    servers[server] = address;
    frontends.push(ports.frontend.grpc);
  }

  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const balancer = ['--import', typescriptLoader, main, 'balance', '--port', String(port)];
  await startPart(
    record,
    'balancer',
    [process.execPath, ...balancer, '--to', frontends.join(',')],
    () => serves(address),
  );
  await ensureNamespace(address, 'default');
  record.access = { address, servers };
  await writeRecord(record);
  return record.access;
}

async function isWhole({ processes }: ClusterRecord): Promise<boolean> {
  return (await Promise.all(processes.map(isAlive))).every(Boolean);
}

async function takeDown(name: string): Promise<void> {
  const { processes } = (await readRecord(name)) ?? { processes: [] };
  for (const part of stopOrder) {
    const found = processes.find((one) => one.name === part);
    if (found) await stopProcess(found, { graceMs: stopGraceMs });
  }
  await rm(clusterLayout(name).folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Temporal does not accept higher ports for membership. */
const highestForMembership = 32_767;

async function freeLowPort(): Promise<number> {
  for (;;) {
    const port = randomInt(15_000, highestForMembership);
    if (await isPortFree(port)) return port;
  }
}
