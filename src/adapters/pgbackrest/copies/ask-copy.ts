import type { ToolAnswer } from '../../../contracts/backups/provider.ts';
import type { Assertion, AssertionResult } from '../../../contracts/backups/store.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

export interface Ask {
  /** Where marks are. */
  database: string;
  /** Fixed text with quoted values: it is asked as the superuser, who may start programs. */
  sql(statement: string, database: string, user?: string): Promise<ToolAnswer>;
  /** Any text, asked as a role that may only read. */
  sqlOfUser(statement: string, database: string): Promise<ToolAnswer>;
}

type Asked = Exclude<Assertion, { kind: 'structure' | 'checksums' | 'files' }>;

/** Assertions that are queries. */
export async function askCopy(ask: Ask, assertion: Asked): Promise<AssertionResult[]> {
  switch (assertion.kind) {
    case 'mark':
      return [await askMark(ask, assertion)];
    case 'heartbeat':
      return [await askHeartbeat(ask, assertion)];
    case 'sql':
      return [await askSql(ask, assertion)];
    case 'roles':
      return Promise.all(assertion.roles.map((role) => askRole(ask, role)));
    case 'sequences':
      return askSequences(ask);
  }
}

async function askMark(
  { sql, database }: Ask,
  { nonce, expect }: Extract<Asked, { kind: 'mark' }>,
): Promise<AssertionResult> {
  const name = `mark ${nonce}`;
  const table = await sql(`SELECT to_regclass('belay.marks') IS NOT NULL`, database);
  if (table.exitCode !== 0) return failed(name, expect, table);
  const answer =
    table.stdout.trim() === 'f'
      ? undefined
      : await sql(`SELECT count(*) FROM belay.marks WHERE nonce = ${literal(nonce)}`, database);
  if (answer && answer.exitCode !== 0) return failed(name, expect, answer);
  const seen = answer === undefined || answer.stdout.trim() === '0' ? 'absent' : 'present';
  return { name, passed: seen === expect, seen, expected: expect };
}

async function askHeartbeat(
  { sqlOfUser }: Ask,
  { database, query, atMs, withinMs }: Extract<Asked, { kind: 'heartbeat' }>,
): Promise<AssertionResult> {
  const name = 'heartbeat';
  const expected = `at most ${withinMs} ms before ${new Date(atMs).toISOString()}`;
  const answer = await sqlOfUser(
    `SELECT floor(extract(epoch FROM newest::timestamptz) * 1000) FROM (${withoutEnd(query)}) AS heartbeat(newest)`,
    database,
  );
  if (answer.exitCode !== 0) return failed(name, expected, answer);
  const text = answer.stdout.trim();
  if (!/^\d+$/.test(text)) {
    return { name, passed: false, seen: text === '' ? 'no row' : text.slice(0, 200), expected };
  }
  const newestMs = Number(text);
  const passed = newestMs <= atMs && atMs - newestMs <= withinMs;
  return { name, passed, seen: new Date(newestMs).toISOString(), expected };
}

async function askSql(
  { sqlOfUser }: Ask,
  { name, database, query, expect }: Extract<Asked, { kind: 'sql' }>,
): Promise<AssertionResult> {
  const answer = await sqlOfUser(withoutEnd(query), database);
  if (answer.exitCode !== 0) return failed(name, expect, answer);
  const seen = answer.stdout.trim();
  return { name, passed: seen === expect.trim(), seen: seen.slice(0, 1_000), expected: expect };
}

/** It is there, and a session of its own can be opened with it. */
async function askRole({ sql, database }: Ask, role: string): Promise<AssertionResult> {
  const name = `role ${role}`;
  const expected = 'exists and can log in';
  const answer = await sql('SELECT 1', database, role);
  if (answer.exitCode === 0) return { name, passed: true, seen: expected, expected };
  return failed(name, expected, answer);
}

/** One line for each that hands out a number again which its column has already. */
const behindQuery = `WITH owned AS (
  SELECT s.oid::regclass AS sequence, q.last_value,
    format('SELECT coalesce(max(%I), 0) AS most FROM %s', a.attname, d.refobjid::regclass) AS query,
    format('%s.%I', d.refobjid::regclass, a.attname) AS col
  FROM pg_class s
  JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass
    AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
  JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
  JOIN pg_sequence p ON p.seqrelid = s.oid AND p.seqincrement > 0 AND NOT p.seqcycle
  JOIN pg_namespace n ON n.oid = s.relnamespace
  JOIN pg_sequences q ON q.schemaname = n.nspname AND q.sequencename = s.relname
  WHERE s.relkind = 'S'
), counted AS (
  SELECT *, (xpath('/row/most/text()', query_to_xml(query, true, true, '')))[1]::text::numeric AS most
  FROM owned
)
SELECT format('%s is at %s, and %s has %s', sequence, coalesce(last_value::text, 'its beginning'), col, most)
FROM counted WHERE most > coalesce(last_value, 0)`;

async function askSequences({ sql, database }: Ask): Promise<AssertionResult[]> {
  const expected = 'every sequence is ahead of its column';
  const listed = await sql(
    'SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate ORDER BY 1',
    database,
  );
  if (listed.exitCode !== 0) return [failed('sequences', expected, listed)];
  const databases = listed.stdout.split('\n').filter((one) => one !== '');
  return Promise.all(
    databases.map(async (one) => {
      const name = `sequences of ${one}`;
      const answer = await sql(behindQuery, one);
      if (answer.exitCode !== 0) return failed(name, expected, answer);
      const behind = answer.stdout.trim();
      const passed = behind === '';
      return { name, passed, seen: passed ? expected : behind.slice(0, 1_000), expected };
    }),
  );
}

function failed(name: string, expected: string, answer: ToolAnswer): AssertionResult {
  return { name, passed: false, seen: describeToolFailure(answer), expected };
}

function withoutEnd(query: string): string {
  return query.trim().replace(/;\s*$/, '');
}
