import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { openLedger } from '../../src/adapters/ledger/open-ledger.ts';
import { homeLayout } from '../../src/config/home.ts';
import type { BackupDetails } from '../../src/contracts/backups/details.ts';
import type { RunReport } from '../../src/contracts/kernel/report.ts';
import { findBackupPrograms } from '../../scripts/archived-postgres/find-programs.ts';
import { ArchivedCluster } from '../../scripts/archived-postgres/archived-cluster.ts';
import { progress } from '../report/tell.ts';
import { BelayCommand, type BelayOrigin } from '../system/belay-command.ts';

const environment = 'bench';
const backup = 'goods';

/** A PostgreSQL with pgBackRest, and a `belay up` whose agent backs it up. */
export class BackedUpDatabase {
  readonly cluster: ArchivedCluster;
  readonly #belay: BelayCommand;
  readonly #home: string;

  private constructor(cluster: ArchivedCluster, belay: BelayCommand, home: string) {
    this.cluster = cluster;
    this.#belay = belay;
    this.#home = home;
  }

  /** Always removes what it started. */
  static async use<T>(
    { origin, megabytes }: { origin: BelayOrigin; megabytes: number },
    measure: (database: BackedUpDatabase) => Promise<T>,
  ): Promise<T> {
    const found = await findBackupPrograms();
    if (!found.ok) throw new Error(found.why);
    progress(`making a database of about ${megabytes} MB`);
    const cluster = await ArchivedCluster.start(found.programs);
    const home = await mkdtemp(join(tmpdir(), 'belay-bench-'));
    const copies = await mkdtemp(join(tmpdir(), 'belay-copies-'));
    await chmod(copies, 0o711);
    const belay = new BelayCommand(origin, { BELAY_HOME: home });
    const database = new BackedUpDatabase(cluster, belay, home);
    try {
      await cluster.sql('CREATE EXTENSION amcheck');
      await cluster.sql(
        `CREATE TABLE goods AS SELECT n AS id, repeat(md5(n::text), 30) AS about FROM generate_series(1, ${megabytes * 1_000}) AS n`,
      );
      await cluster.sql('CREATE INDEX ON goods (id)');
      await database.#startBelay(copies);
      return await measure(database);
    } finally {
      await belay.run(['down']).catch(() => undefined);
      await cluster.close();
      for (const folder of [home, copies]) await rm(folder, { recursive: true, force: true });
    }
  }

  /** Runs one command about the plan until it has succeeded; returns its report. */
  async run(command: readonly string[], kind: string): Promise<RunReport<BackupDetails>> {
    const plan = join(this.#home, 'plan.yaml');
    const [name = '', ...options] = command;
    await this.#belay.run(['backup', name, '-f', plan, ...options, '--watch']);
    return this.#lastReport(kind);
  }

  /** Finds the last good moment, and restores that beside; `more`: of the file of a recovery. */
  async recover(more: object): Promise<RunReport<BackupDetails>> {
    const file = join(this.#home, 'recover.yaml');
    const recovery = {
      ...{ kind: 'pointInTimeRecovery', environment, database: backup, backup },
      ...{ agent: 'local', cluster: 'main', repositories: ['main'] },
    };
    await writeFile(file, stringify({ ...recovery, ...more }));
    await this.#belay.run(['database', 'recover', '-f', file, '--watch']);
    return this.#lastReport('pointInTimeRecovery');
  }

  async #lastReport(kind: string): Promise<RunReport<BackupDetails>> {
    const ledger = openLedger({ home: this.#home, ledger: { keepMs: Number.MAX_SAFE_INTEGER } });
    try {
      const [report] = await ledger.list({ kinds: [kind], limit: 1 });
      if (report === undefined) throw new Error(`There is no report of a ${kind}`);
      return report as RunReport<BackupDetails>;
    } finally {
      await ledger.close();
    }
  }

  async #startBelay(copies: string): Promise<void> {
    const { agentSettings, agentState } = homeLayout(this.#home);
    await mkdir(dirname(agentSettings), { recursive: true });
    await writeFile(
      agentSettings,
      stringify({
        name: 'local',
        stateFolder: agentState,
        clusters: { main: this.cluster.settings() },
        backups: { scratch: { folder: copies } },
      }),
    );
    await writeFile(
      join(this.#home, 'plan.yaml'),
      stringify({
        kind: 'backup',
        ...{ environment, backup, agent: 'local', type: 'full' },
        components: { database: { postgres: { cluster: 'main' }, repositories: ['main'] } },
        drill: { secondRepositoryEvery: 0 },
      }),
    );
    progress('starting Belay');
    await this.#belay.run(['up', '--detach']);
  }
}
