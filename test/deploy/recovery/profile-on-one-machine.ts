import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  becomeUnprivileged,
  giveToUnprivileged,
} from '../../../scripts/archived-postgres/unprivileged.ts';
import { freePort } from '../../../src/embedded/ports.ts';
import { repository, type ComposeService } from '../compose-file.ts';

const run = promisify(execFile);
const asContainer = join(import.meta.dirname, 'as-container');
const files = join(repository, 'deploy/compose/recovery');
const ports = [
  ...['database-1', 'database-2', 'pooler', 's3', 'https', 's3-grpc'],
  ...['master', 'master-grpc', 'volume', 'volume-grpc', 'filer', 'filer-grpc'],
];

/** Why nothing can be run as a container would run it; undefined where it can. */
export async function containerObstacle(): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'belay-container-'));
  return run(asContainer, [folder, '--', '/usr/bin/true'])
    .then(
      () => undefined,
      (error: unknown) => String(error),
    )
    .finally(() => rm(folder, { recursive: true }));
}

/**
 * The containers of the profile `recovery`, on the network of this machine: the very files and commands,
 * in which only ports and names of hosts are replaced.
 */
export class ProfileOnOneMachine {
  readonly folder: string;
  readonly #services: Readonly<Record<string, ComposeService>>;
  readonly #ports: Readonly<Record<string, number>>;
  readonly #weed: string;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #running = new Map<string, ChildProcess>();

  private constructor(given: {
    folder: string;
    services: Record<string, ComposeService>;
    ports: Record<string, number>;
    weed: string;
    environment: NodeJS.ProcessEnv;
  }) {
    this.folder = given.folder;
    this.#services = given.services;
    this.#ports = given.ports;
    this.#weed = given.weed;
    this.#environment = given.environment;
  }

  /** With volumes that are empty. */
  static async prepare(given: {
    services: Record<string, ComposeService>;
    weed: string;
    environment: NodeJS.ProcessEnv;
  }): Promise<ProfileOnOneMachine> {
    const folder = await mkdtemp(join(tmpdir(), 'belay-profile-'));
    await chmod(folder, 0o755);
    const free = await Promise.all(ports.map(async (name) => [name, await freePort()] as const));
    const secrets = join(folder, 'secrets');
    await run(join(repository, 'deploy/compose/make-secrets'), [secrets]);
    await chmod(secrets, 0o755);
    return new ProfileOnOneMachine({ ...given, folder, ports: Object.fromEntries(free) });
  }

  portOf(name: string): number {
    return this.#ports[name] ?? 0;
  }

  secret(name: string): Promise<string> {
    return readFile(join(this.folder, 'secrets', name), 'utf8');
  }

  /** A copy of a file of the examples that names hosts of the profile. */
  async example(path: string): Promise<string> {
    const copy = join(this.folder, path.replaceAll('/', '-'));
    await writeFile(copy, this.#replaced(await readFile(join(repository, path), 'utf8'), ''));
    return copy;
  }

  /** What an earlier one left in its volumes is there. */
  async start(name: string): Promise<void> {
    const { command, entrypoint, environment = {}, volumes = [] } = this.#services[name] ?? {};
    const [root, setup] = [join(this.folder, `${name}-root`), join(this.folder, `${name}-setup`)];
    await mkdir(root, { recursive: true });
    await this.#copyFiles(setup, name);
    const mounts = await Promise.all(
      volumes
        .map((volume) => volume.split(':'))
        .map(async ([source = '', target = '']) => {
          if (source.startsWith('./')) return `${setup}:${target}`;
          const folder = join(this.folder, 'volumes', source);
          await mkdir(folder, { recursive: true });
          if (name !== 'object-store') await giveToUnprivileged(folder);
          return `${folder}:${target}`;
        }),
    );
    const words = entrypoint ?? becomeUnprivileged(command ?? []);
    const log = await open(join(this.folder, `${name}.log`), 'a');
    const child = spawn(
      asContainer,
      [
        ...[root, ...mounts, `${repository}:/app`, `${this.#weed}:/weed`],
        ...[`${join(this.folder, 'secrets')}:/run/secrets`, '--', ...words],
      ],
      {
        env: {
          ...this.#environment,
          ...{ PATH: process.env['PATH'], HOME: '/tmp', BELAY_HOME: '/var/lib/postgresql/belay' },
          ...(environment['NODE'] !== undefined && { NODE: environment['NODE'] }),
          ...(environment['PEER'] !== undefined && {
            PEER: this.#replaced(environment['PEER'], name),
          }),
        },
        stdio: ['ignore', log.fd, log.fd],
      },
    );
    await log.close();
    this.#running.set(name, child);
  }

  /** As `docker compose stop` does. */
  async stop(name: string): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    const [first] = (await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')).split(
      ' ',
    );
    process.kill(Number(first), 'SIGTERM');
    await ended;
  }

  /** Makes the stopped server of a node one that has never been told of another primary. */
  makePrimary(node: string): Promise<void> {
    return rm(join(this.folder, 'volumes', node, '15/main/standby.signal'));
  }

  log(name: string): Promise<string> {
    return readFile(join(this.folder, `${name}.log`), 'utf8').catch(() => '');
  }

  /** What they run is killed. */
  async close(): Promise<void> {
    await Promise.all(
      [...this.#running.values()].map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGKILL');
        await once(child, 'exit');
      }),
    );
    await rm(this.folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }

  async #copyFiles(setup: string, name: string): Promise<void> {
    await mkdir(setup, { recursive: true });
    for (const file of await readdir(files)) {
      const text = await readFile(join(files, file), 'utf8');
      await writeFile(join(setup, file), this.#replaced(text, name), { mode: 0o755 });
    }
  }

  /** In one pass, so that nothing is replaced twice. */
  #replaced(text: string, name: string): string {
    const at = (host: string) => String(this.portOf(host));
    const serverPorts = ['filer', 'master', 'volume', 's3']
      .flatMap((part) => [
        ...(part === 's3' ? [] : [`-${part}.port=${at(part)}`]),
        `-${part}.port.grpc=${at(`${part}-grpc`)}`,
      ])
      .join(' ');
    const changes: Record<string, string> = {
      'database-1:5432': `127.0.0.1:${at('database-1')}`,
      'database-2:5432': `127.0.0.1:${at('database-2')}`,
      'host=database-1 port=5432': `host=127.0.0.1 port=${at('database-1')}`,
      'LANG=C.UTF-8': `LANG=C.UTF-8 PGPORT=${at(name)}`,
      's3-endpoint=object-store': 's3-endpoint=localhost',
      "'*'": "'127.0.0.1'",
      'listen_addr = *': 'listen_addr = 127.0.0.1',
      '0.0.0.0': '127.0.0.1',
      'weed ': '/weed ',
      'server -': `server ${serverPorts} -`,
      '127.0.0.1:9333': `127.0.0.1:${at('master')}.${at('master-grpc')}`,
      ...{ 5432: at(name), 6432: at('pooler') },
      ...{ 8333: at('s3'), 8334: at('https'), 8888: at('filer') },
    };
    const places = Object.keys(changes).map((place) => place.replaceAll(/[.*]/g, String.raw`\$&`));
    return text.replaceAll(new RegExp(places.join('|'), 'g'), (place) => changes[place] ?? place);
  }
}
