import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ExportPlace } from '../../../contracts/backups/provider.ts';
import type { ExportedRows, RowsWanted } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { RunStep } from '../../../contracts/kernel/agent.ts';
import { readWritten, syncFolder, writeDurably } from '../../../processes/durable-file.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';
import { RowsFile } from './rows-file.ts';

type Order = RowsWanted & ExportPlace & { act: RunStep; sinceXid: string };
type Exported = ExportedRows['tables'][number];

const withinMs = 6 * 3_600_000;
const contents = 'exported.json';

/** In a folder beside the final one first: what an attempt that was killed has left is no export. */
export async function exportRows(
  tools: ClusterTools,
  order: Order,
  attempt: Attempt,
): Promise<ExportedRows> {
  const { folder, act } = order;
  const final = join(folder, `${encodeURIComponent(act.runRef)}-${act.step}`);
  const before = await readExport(final);
  if (before !== undefined) return before;
  await removeDrafts(final);
  const draft = `${final}.${randomUUID()}`;
  await mkdir(draft, { recursive: true, mode: 0o700 });
  try {
    const exported: Exported[] = [];
    for (const table of order.tables) {
      const left = order.mostBytes - exported.reduce((sum, { bytes }) => sum + bytes, 0);
      exported.push(await exportTable(tools, { ...order, draft, table, left }, attempt));
    }
    await writeDurably(join(draft, contents), exported);
    await rename(draft, final);
    await syncFolder(folder);
    return { folder: final, tables: exported };
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function readExport(folder: string): Promise<ExportedRows | undefined> {
  const tables = await readWritten<readonly Exported[]>(join(folder, contents));
  return tables && { folder, tables };
}

async function removeDrafts(final: string): Promise<void> {
  const folder = dirname(final);
  const names = await readdir(folder).catch(() => []);
  const drafts = names.filter((name) => name.startsWith(`${basename(final)}.`));
  await Promise.all(drafts.map((name) => rm(join(folder, name), { recursive: true, force: true })));
}

async function exportTable(
  tools: ClusterTools,
  order: Order & { draft: string; table: string; left: number },
  attempt: Attempt,
): Promise<Exported> {
  const { database, draft, table, left, sinceXid, mostBytes } = order;
  const place = { ...tools.place, database };
  const name = await nameTable(tools, { place, table }, attempt);
  const file = `${encodeURIComponent(table)}.csv`;
  const tooMany = new AbortController();
  const rows = await RowsFile.open(join(draft, file), {
    mostBytes: left,
    onFull: () => {
      tooMany.abort();
      return new AgentError(
        'refused',
        `rows of ${order.tables.join(', ')} are more than ${Math.floor(mostBytes / 2 ** 20)} MiB`,
      );
    },
  });
  try {
    const argv = await tools.psqlCommand(place, [
      `SET client_encoding = 'UTF8'`,
      `COPY (SELECT * FROM ${name} WHERE age(xmin) <= age(xid ${literal(sinceXid)})) TO STDOUT WITH (FORMAT csv, HEADER)`,
    ]);
    const cancelled = AbortSignal.any([attempt.cancelled, tooMany.signal]);
    const answer = await tools.read(
      argv,
      { ...attempt, cancelled },
      { timeoutMs: withinMs, onLine: (line) => rows.add(line) },
    );
    if (answer.exitCode !== 0) {
      throw new AgentError('unfinished', `rows of ${table}: ${describeToolFailure(answer)}`);
    }
    return { table, file, ...(await rows.finish()) };
  } finally {
    await rows.close();
  }
}

/** Quoted, with its schema. */
async function nameTable(
  tools: ClusterTools,
  { place, table }: { place: Parameters<ClusterTools['psql']>[0]; table: string },
  attempt: Attempt,
): Promise<string> {
  const answer = await tools.psql(
    place,
    [`SELECT oid::regclass FROM pg_class WHERE oid = to_regclass(${literal(table)})`],
    attempt,
  );
  if (answer.exitCode !== 0) {
    throw new AgentError('unfinished', `${table}: ${describeToolFailure(answer)}`);
  }
  const name = answer.stdout.trim();
  if (name !== '') return name;
  throw new AgentError('refused', `there is no table ${table} any more`);
}
