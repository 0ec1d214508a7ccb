import type { BackupScenario } from './backup-scenarios.ts';
import type { BackupSite } from './backup-site.ts';

const reader = 'reader';
const countBad = 'SELECT count(*) FROM public.orders WHERE customer IS NULL';

/** One transaction has made many orders bad, with others before and after it. */
export const pointInTimeScenario: BackupScenario = {
  kind: 'pointInTimeRecovery',
  components: ['database'],
  order: ({ name }) => ({
    ...{ kind: 'pointInTimeRecovery', environment: name, database: 'shop', backup: 'shop' },
    ...{ agent: name, cluster: 'main', repositories: ['main'], table: 'public.orders' },
    check: { database: 'postgres', query: countBad, expect: '0', role: reader },
    ...{ stopWrites: 'readOnly', then: 'swap', keepFor: '1h' },
  }),
  prepare: spoilOrders,
  needsApproval: true,
  // A server that somebody starts while its folder is being swapped is another story.
  victims: ['agent', 'tool', 'worker', 'temporal'],
  read: readOrders,
};

async function spoilOrders(site: BackupSite, backUp: () => Promise<unknown>): Promise<void> {
  const { cluster } = site;
  await cluster.sql('CREATE TABLE IF NOT EXISTS orders (id bigserial, trial int, customer text)');
  await cluster.sql(`DO $$ BEGIN CREATE ROLE ${reader} LOGIN;
    EXCEPTION WHEN duplicate_object THEN NULL; END $$`);
  await cluster.sql(`GRANT SELECT ON orders TO ${reader}`);
  if (!(await isBackedUpSound(site))) {
    await cluster.sql('TRUNCATE orders');
    await cluster.sql(
      "INSERT INTO orders (trial, customer) SELECT 0, 'ana' FROM generate_series(1, 100)",
    );
    await backUp();
  }
  const [row] = await cluster.sql<{ trial: number }>('SELECT max(trial) + 1 AS trial FROM orders');
  const add = async (count: number) => {
    for (let each = 0; each < count; each += 1) {
      await cluster.sql(`INSERT INTO orders (trial, customer) VALUES (${row?.trial}, 'bo')`);
    }
  };
  await add(5);
  await cluster.sql('UPDATE orders SET customer = NULL WHERE trial = 0');
  await add(2);
}

/** After a run that failed, the bad orders are in the set that was made since. */
async function isBackedUpSound({ cluster }: BackupSite): Promise<boolean> {
  const [row] = await cluster.sql<{ good: string; bad: string }>(
    'SELECT count(customer) AS good, count(*) - count(customer) AS bad FROM orders',
  );
  return Number(row?.good) > 0 && Number(row?.bad) === 0;
}

/** What is left of the last trial: its five rows before the bad transaction, and none after it. */
async function readOrders({ cluster }: BackupSite): Promise<{ data: object; wrong: string[] }> {
  const [row] = await cluster.sql<Record<string, string>>(
    `SELECT count(*) FILTER (WHERE customer IS NULL) AS bad,
       count(*) FILTER (WHERE trial = 0) AS first,
       count(*) FILTER (WHERE trial = (SELECT max(trial) FROM orders)) AS last FROM orders`,
  );
  const written = await cluster
    .sql("BEGIN; INSERT INTO orders (trial, customer) VALUES (0, 'nobody'); ROLLBACK")
    .then(
      () => [],
      (error: unknown) => [`the database takes no writes: ${String(error)}`],
    );
  return { data: { ...row }, wrong: written };
}
