import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { stringify } from 'yaml';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { TestPostgres } from '../fixtures/postgres.ts';
import { PrometheusProcess } from '../prometheus/prometheus-process.ts';
import { OneMachine, type Ran } from './one-machine.ts';

const password = 'a password of tests';

/** An API of somebody else, another provider of it, and the switches of the service that calls them. */
export class Outside {
  isApiUp = true;
  readonly switches: Record<string, unknown> = { breaker: 'closed', route: 'api' };
  readonly keys: string[] = [];
  url = '';
  readonly #works: () => Promise<boolean>;
  readonly #server: Server = createServer((request, response) => {
    void text(request).then(async (body) => {
      const path = request.url ?? '';
      if (path === '/metrics') return response.end(`outside_load ${this.isApiUp ? 0.2 : 0.9}\n`);
      const serves = this.isApiUp || this.switches['route'] === 'recovery';
      if (path === '/api') return response.writeHead(serves ? 200 : 503).end();
      if (path === '/alternative') return response.writeHead(200).end();
      if (path === '/shop') return response.writeHead((await this.#works()) ? 200 : 503).end();
      this.keys.push(String(request.headers['idempotency-key']));
      const [, name = ''] = path.split('/');
      [this.switches[name]] = Object.values(JSON.parse(body) as Record<string, unknown>);
      return response.end('{}');
    });
  });

  /** `works`: whether the shop does. */
  constructor(works: () => Promise<boolean>) {
    this.#works = works;
  }

  async listen(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** One machine whose playbooks reach real parts: an agent, a database, a Prometheus and HTTP servers. */
export class PlaybookWorld {
  readonly outside: Outside;
  readonly machine: OneMachine;
  readonly postgres: TestPostgres | undefined;
  readonly #prometheus: PrometheusProcess;

  private constructor(parts: {
    outside: Outside;
    machine: OneMachine;
    postgres: TestPostgres | undefined;
    prometheus: PrometheusProcess;
  }) {
    this.outside = parts.outside;
    this.machine = parts.machine;
    this.postgres = parts.postgres;
    this.#prometheus = parts.prometheus;
  }

  static async open(executable: string): Promise<PlaybookWorld> {
    const postgres = await TestPostgres.start();
    if (postgres !== undefined) await createShop(postgres);
    const outside = new Outside(() => answers(postgres));
    await outside.listen();
    const jobs = { outside: new URL(outside.url).host };
    const prometheus = new PrometheusProcess({ executable, jobs });
    await prometheus.start();
    const machine = await OneMachine.start(
      {
        BELAY_PLAYBOOK_HOSTS: '127.0.0.1,localhost',
        BELAY_PROMETHEUS_URL: prometheus.address,
      },
      (folder) => writeAgentSettings(folder, postgres),
    );
    return new PlaybookWorld({ outside, machine, postgres, prometheus });
  }

  async close(): Promise<void> {
    await this.machine.stop();
    await this.#prometheus.stop();
    await this.postgres?.stop();
    this.outside.close();
  }

  play(
    verb: string,
    file: string,
    values: Record<string, string>,
    ...more: string[]
  ): Promise<Ran> {
    const inputs = Object.entries(values).flatMap(([name, value]) => ['-i', `${name}=${value}`]);
    return this.machine.belay(['playbook', verb, '-f', file, ...inputs, ...more]);
  }

  async reportOf(name: string): Promise<RunReport> {
    const reports = await this.machine.json<RunReport[]>(['history', '--kind', 'playbook']);
    const found = reports.find(({ subject }) => subject.name === name);
    if (found === undefined) throw new Error(`no report of ${name}`);
    return found;
  }
}

/** A connection of the service to its database. */
export async function asShop(postgres: TestPostgres): Promise<Client> {
  const client = new Client({
    ...{ host: '127.0.0.1', port: postgres.port, database: 'shop', user: 'shop', password },
  });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function answers(postgres: TestPostgres | undefined): Promise<boolean> {
  if (postgres === undefined) return false;
  return asShop(postgres).then(
    async (client) => {
      await client.end();
      return true;
    },
    () => false,
  );
}

/** Its service may have two connections. */
async function createShop(postgres: TestPostgres): Promise<void> {
  await postgres.newDatabase('shop');
  const rights = 'IN ROLE pg_read_all_stats, pg_signal_backend';
  await postgres.run(`CREATE ROLE shop LOGIN PASSWORD '${password}' CONNECTION LIMIT 2`);
  await postgres.run(`CREATE ROLE playbooks LOGIN PASSWORD '${password}' ${rights}`);
}

async function writeAgentSettings(
  folder: string,
  postgres: TestPostgres | undefined,
): Promise<void> {
  const home = join(folder, 'home');
  const notes = join(folder, 'notes');
  const passwordFile = join(folder, 'playbooks-password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  await mkdir(join(home, 'agent'), { recursive: true });
  const { socketFolder = folder, port = 5432 } = postgres ?? {};
  const settings = {
    name: 'local',
    stateFolder: join(home, 'agent', 'state'),
    commands: {
      note: {
        description: 'Leaves a note',
        argv: ['/usr/bin/touch', '{{file}}'],
        parameters: { file: { pattern: `${notes}-[a-z]+` } },
        timeout: '10s',
      },
    },
    probes: { noted: { command: { argv: ['/usr/bin/stat', `${notes}-done`] } } },
    clusters: {
      main: {
        ...{ dataFolder: socketFolder, socketFolder, port },
        sql: {
          ...{ user: 'playbooks', databases: ['shop'], changes: true },
          secrets: { PGPASSWORD: { file: passwordFile } },
        },
      },
    },
  };
  await writeFile(join(home, 'agent', 'agent.yaml'), stringify(settings));
}
