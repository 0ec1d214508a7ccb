import { execFile as callback } from 'node:child_process';
import { promisify } from 'node:util';
import { quantilesOf, type Quantiles } from '../measures/quantiles.ts';
import { restoreByHand } from '../backups/restore-by-hand.ts';
import { BackedUpDatabase } from '../backups/backed-up-database.ts';
import { progress } from '../report/tell.ts';
import type { BelayOrigin } from '../system/belay-command.ts';

interface Searched {
  origin: BelayOrigin;
  megabytes: number;
  transactions: number;
  seed: number;
  repetitions: number;
}

interface Search {
  label: string;
  isTableKnown: boolean;
  /** The transaction that is known to be the first bad one, at the place where its commit is known to be. */
  isExact: boolean;
  why: string;
  probes: number;
  copies: number;
  touching?: number;
  tookMs: number;
}

/** The same search, several times, each beside a restore by hand. */
interface RepeatedSearch extends Omit<Search, 'tookMs'> {
  took: Quantiles;
  /** Of the restore by hand of the same repetition. */
  ratio: Quantiles;
}

export interface SearchFigures {
  megabytes: number;
  transactions: number;
  searches: RepeatedSearch[];
  byHand: Quantiles;
}

interface BadTransaction {
  xid: string;
  /** Its commit is between these places of the log. */
  from: string;
  to: string;
}

const role = 'reader';
const execFile = promisify(callback);

export async function measureSearches(searched: Searched): Promise<SearchFigures> {
  const { origin, megabytes, transactions } = searched;
  return BackedUpDatabase.use({ origin, megabytes }, async (database) => {
    const { cluster } = database;
    for (const statement of [
      `CREATE ROLE ${role} LOGIN`,
      'CREATE TABLE orders (id int PRIMARY KEY, customer text)',
      "INSERT INTO orders SELECT n, 'ana' FROM generate_series(-1000, 0) AS n",
      `GRANT SELECT ON orders TO ${role}`,
      writeOrders,
    ]) {
      await cluster.sql(statement);
    }
    await database.run(['run'], 'backup');
    const { manyRows, oneRow } = await writeLog(database, searched);
    await cluster.archiveLog();
    const searches = [
      () =>
        search(database, manyRows, {
          label: 'many rows were lost, the table is known',
          query: 'SELECT count(*) FROM public.orders WHERE customer IS NULL',
          table: 'public.orders',
        }),
      () =>
        search(database, oneRow, {
          label: 'one row is wrong, nothing is known',
          query: "SELECT count(*) FROM public.orders WHERE customer = ''",
        }),
    ];
    return { megabytes, transactions, ...(await takeTurns(database, searches, searched)) };
  });
}

async function takeTurns(
  database: BackedUpDatabase,
  searches: readonly (() => Promise<Search>)[],
  { repetitions }: Searched,
): Promise<Pick<SearchFigures, 'searches' | 'byHand'>> {
  const byHandMs: number[] = [];
  const found: Search[][] = searches.map(() => []);
  const turns = [
    async () => {
      const tookMs = await restoreByHand(database, { checks: false });
      progress(`one restore by hand took ${Math.round(tookMs)} ms`);
      byHandMs.push(tookMs);
    },
    ...searches.map((search, nth) => async () => {
      found[nth]?.push(await search());
    }),
  ];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    for (const turn of repetition % 2 === 0 ? turns : turns.toReversed()) {
      // What the turn before has written is not for this one to wait for.
      await execFile('sync');
      await turn();
    }
  }
  const repeated = found.map((all) => repeatedOf(all, byHandMs));
  return { searches: repeated, byHand: quantilesOf(byHandMs) };
}

/** As the worst of them. */
function repeatedOf(all: readonly Search[], byHandMs: readonly number[]): RepeatedSearch {
  const [first] = all;
  if (first === undefined) throw new Error('nothing was searched');
  const wrong = all.find(({ isExact }) => !isExact) ?? first;
  return {
    ...wrong,
    probes: Math.max(...all.map(({ probes }) => probes)),
    copies: Math.max(...all.map(({ copies }) => copies)),
    took: quantilesOf(all.map(({ tookMs }) => tookMs)),
    ratio: quantilesOf(all.map(({ tookMs }, nth) => tookMs / (byHandMs[nth] ?? NaN))),
  };
}

/** Each order in a transaction of its own. */
const writeOrders = `CREATE PROCEDURE write_orders(first int, last int) LANGUAGE plpgsql AS $$
  BEGIN
    FOR n IN first..last LOOP
      INSERT INTO orders VALUES (n, 'bo');
      COMMIT;
    END LOOP;
  END $$`;

async function writeLog(
  { cluster }: BackedUpDatabase,
  { transactions, seed }: Searched,
): Promise<{ manyRows: BadTransaction; oneRow: BadTransaction }> {
  const [first, second] = placesOf(transactions, seed);
  const write = (from: number, to: number) => cluster.sql(`CALL write_orders(${from}, ${to})`);
  const spoil = async (statement: string): Promise<BadTransaction> => {
    const place = async () => {
      const [row] = await cluster.sql<{ lsn: string }>('SELECT pg_current_wal_lsn()::text AS lsn');
      return row?.lsn ?? '';
    };
    const from = await place();
    const [row] = await cluster.sql<{ xid: string }>(
      `WITH spoilt AS (${statement} RETURNING 1)
       SELECT pg_current_xact_id()::text AS xid, count(*) FROM spoilt`,
    );
    return { xid: row?.xid ?? '', from, to: await place() };
  };
  progress(`${transactions} transactions, bad ones after ${first} and ${second}`);
  await write(1, first);
  const manyRows = await spoil('UPDATE orders SET customer = NULL WHERE id < 0');
  await write(first + 1, second);
  const oneRow = await spoil("UPDATE orders SET customer = '' WHERE id = 0");
  await write(second + 1, transactions - 2);
  return { manyRows, oneRow };
}

/** Two places in the middle nine tenths, as the seed has them. */
function placesOf(transactions: number, seed: number): [number, number] {
  const share = (turn: number) => {
    const value = Math.sin(seed * 12.9898 + turn * 78.233) * 43_758.5453;
    return 0.05 + 0.9 * (value - Math.floor(value));
  };
  const places = [share(1), share(2)].map((at) => Math.max(1, Math.floor(at * transactions)));
  const [first = 1, second = 2] = places.sort((one, other) => one - other);
  return [first, Math.max(second, first + 1)];
}

async function search(
  database: BackedUpDatabase,
  bad: BadTransaction,
  { label, query, table }: { label: string; query: string; table?: string },
): Promise<Search> {
  const { outcome, reason, details } = await database.recover({
    check: { database: 'postgres', query, expect: '0', role },
    ...(table !== undefined && { table }),
  });
  const { search: found } = details;
  if (found === undefined) throw new Error(`${label}: ${outcome}: ${reason}`);
  const { firstBad, touching, probes, copies, tookMs } = found;
  const isPlaced =
    firstBad !== undefined &&
    positionOf(firstBad.lsn) >= positionOf(bad.from) &&
    positionOf(firstBad.lsn) <= positionOf(bad.to);
  const isExact = outcome === 'Restored' && firstBad?.xid === bad.xid && isPlaced;
  const said = firstBad === undefined ? 'none' : `${firstBad.xid} at ${firstBad.lsn}`;
  progress(`${label}: ${said}, ${probes} questions, ${copies} copies, ${Math.round(tookMs)} ms`);
  return {
    ...{ label, isTableKnown: table !== undefined, isExact, probes, copies, tookMs },
    ...(touching !== undefined && { touching }),
    why: `${outcome} with ${said}, and not ${bad.xid} between ${bad.from} and ${bad.to}`,
  };
}

function positionOf(lsn: string): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}
