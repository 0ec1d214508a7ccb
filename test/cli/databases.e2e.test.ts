import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import type { DatabaseDetails } from '../../src/contracts/recovery/database-details.ts';
import { eventually } from '../fixtures/eventually.ts';
import { requireBackupPrograms } from '../fixtures/backups/find-programs.ts';
import {
  ReplicatedDatabase,
  type ReplicatedNode,
} from '../../scripts/archived-postgres/replicated-database.ts';
import { homeLayout } from '../../src/config/home.ts';
import { writeFirstSettings } from '../../src/embedded/local-agent.ts';
import { OneMachine } from './one-machine.ts';

type Report = RunReport<DatabaseDetails>;

const programs = await requireBackupPrograms('failover of a real PostgreSQL');

let machine: OneMachine;
let database: ReplicatedDatabase;
let first: ReplicatedNode;
let second: ReplicatedNode;
let planFile: string;

const plan = (more: object = {}) => ({
  ...{ kind: 'databaseWatch', environment: 'demo', database: 'orders', confirmFor: '2s' },
  nodes: Object.fromEntries(
    [first, second].map((node) => [
      node.name,
      { agent: 'local', cluster: node.name, address: `127.0.0.1:${node.port}` },
    ]),
  ),
  ...more,
});

beforeAll(async () => {
  if (programs === undefined) return;
  database = await ReplicatedDatabase.start(programs.postgres, 2);
  [first, second] = database.nodes as [ReplicatedNode, ReplicatedNode];
  machine = await OneMachine.start({}, async (folder) => {
    const home = join(folder, 'home');
    await writeFirstSettings({ home }, { source: 'up' });
    const { agentSettings } = homeLayout(home);
    const settings = parse(await readFile(agentSettings, 'utf8')) as Record<string, object>;
    settings['clusters'] = { [first.name]: first.settings(), [second.name]: second.settings() };
    await writeFile(agentSettings, stringify(settings));
  });
  planFile = join(machine.folder, 'database.yaml');
  await writeFile(planFile, stringify(plan()));
  await first.sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
}, 300_000);

afterAll(async () => {
  if (programs === undefined) return;
  await machine.stop();
  await database.close();
});

/** Commits rising numbers wherever writes are taken, and remembers those that were acknowledged. */
class Writer {
  readonly acknowledged: number[] = [];
  #isOver = false;
  #next = 1;
  readonly #running: Promise<void>;

  constructor(nodes: readonly ReplicatedNode[]) {
    this.#running = this.#write(nodes);
  }

  async #write(nodes: readonly ReplicatedNode[]): Promise<void> {
    while (!this.#isOver) {
      for (const node of nodes) {
        try {
          await node.sql(`INSERT INTO marks VALUES (${this.#next})`);
          this.acknowledged.push(this.#next);
        } catch {
          // Down, or a standby: the next node is asked.
        }
        this.#next += 1;
      }
      await sleep(20);
    }
  }

  async stop(): Promise<number[]> {
    this.#isOver = true;
    await this.#running;
    return this.acknowledged;
  }
}

const report = async (): Promise<Report> => {
  const { stdout } = await machine.belay(['report', 'database/demo/orders', '--json']);
  return JSON.parse(stdout) as Report;
};

describe.skipIf(programs === undefined)('a real database of two nodes', () => {
  it('is switched over under a writing client, and loses nothing', async () => {
    const writer = new Writer([first, second]);
    await eventually(async () => expect(writer.acknowledged.length).toBeGreaterThan(5));
    const run = await machine.belay(['database', 'switchover', '-f', planFile, '--watch']);
    const { outcome, reason, details } = await report();
    expect({ outcome, reason, code: run.exitCode }).toMatchObject({ outcome: 'SwitchedOver' });
    expect(details).toMatchObject({ from: first.name, to: second.name, loss: { bytes: 0 } });
    const acknowledged = await writer.stop();
    const rows = await second.sql<{ id: string }>('SELECT id FROM marks');
    const stored = new Set(rows.map(({ id }) => Number(id)));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  }, 120_000);

  it('is failed over by its watch when the primary is killed, and the old primary rejoined', async () => {
    await writeFile(planFile, stringify(plan({ automatic: true })));
    await machine.belay(['database', 'watch', '-f', planFile]);
    const status = async () => {
      const { stdout } = await machine.belay(['status', 'database-watch/demo/orders', '--json']);
      return stdout;
    };
    await eventually(async () => expect(await status()).toContain(`Watching ${second.name}`));
    await second.sql('SELECT 1');
    const writer = new Writer([second, first]);
    await eventually(async () => expect(writer.acknowledged.length).toBeGreaterThan(5));
    // One that has not followed the switchover yet is rightly refused.
    await eventually(async () => {
      const [receiver] = await first.sql<{ status: string }>(
        'SELECT status FROM pg_stat_wal_receiver',
      );
      expect(receiver?.status).toBe('streaming');
    }, 60_000);
    await second.signalAll('SIGKILL');
    await eventually(
      async () => expect(await status()).toContain(`Watching ${first.name}`),
      90_000,
    );
    const acknowledged = await writer.stop();
    const { outcome, details } = await report();
    expect(outcome).toBe('FailedOver');
    expect(details).toMatchObject({ from: second.name, to: first.name, fence: { how: 'killed' } });
    const rows = await first.sql<{ id: string }>('SELECT id FROM marks');
    const stored = new Set(rows.map(({ id }) => Number(id)));
    const lost = acknowledged.filter((id) => !stored.has(id));
    expect(lost.length === 0 || (details.loss?.bytes ?? 1) > 0).toBe(true);
    const [standby] = await second.sql<{ inRecovery: boolean }>(
      'SELECT pg_is_in_recovery() AS "inRecovery"',
    );
    expect(standby).toEqual({ inRecovery: true });
    await machine.belay(['abort', 'database-watch/demo/orders', '--as', 'ana']);
  }, 180_000);
});
