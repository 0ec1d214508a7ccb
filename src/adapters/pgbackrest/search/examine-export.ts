import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ExportPlace } from '../../../contracts/backups/provider.ts';
import type { RowsWanted } from '../../../contracts/backups/search.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

/** Tables as they are now, and whether there is room for their rows. */
export async function examineExport(
  tools: ClusterTools,
  { folder, database, tables, mostBytes }: RowsWanted & ExportPlace,
  attempt: Attempt,
): Promise<{ problems: string[] }> {
  const place = { ...tools.place, database };
  const [answer, room] = await Promise.all([
    tools.psql(place, [question(tables)], attempt),
    judgeRoom(folder, mostBytes),
  ]);
  const found =
    answer.exitCode === 0
      ? answer.stdout.split('\n').filter((line) => line !== '')
      : [`${database} cannot be asked: ${describeToolFailure(answer)}`];
  return { problems: [...found, ...room] };
}

/** One line for each problem. */
function question(tables: readonly string[]): string {
  const names = tables.map(literal).join(', ');
  return `SELECT CASE
    WHEN c.oid IS NULL THEN 'there is no table ' || name
    ELSE name || ' is no table: rows of views, and of servers elsewhere, have no transaction' END
  FROM unnest(ARRAY[${names}]) name LEFT JOIN pg_class c ON c.oid = to_regclass(name)
  WHERE c.oid IS NULL OR c.relkind NOT IN ('r', 'p')
  UNION ALL SELECT 'the encoding of ' || current_database() || ' is SQL_ASCII, so that nobody knows how its text is to be written'
  WHERE current_setting('server_encoding') = 'SQL_ASCII'`;
}

/** What is left has to be as much again: the database is restored, and grows, beside it. */
async function judgeRoom(folder: string, mostBytes: number): Promise<string[]> {
  // The folder itself is made with its first export.
  const { bavail, bsize } = await statfs(dirname(folder));
  const free = bavail * bsize;
  if (free >= 2 * mostBytes) return [];
  const inMiB = (bytes: number) => `${Math.floor(bytes / 2 ** 20)} MiB`;
  return [
    `${folder} has ${inMiB(free)} left, where an export of at most ${inMiB(mostBytes)} needs twice as much: make room, or write a smaller export.most`,
  ];
}
