import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

/** Files of a table, of its partitions, and of their values that are kept apart; as the log calls them. */
const filesQuery = (table: string) => `WITH RECURSIVE part AS (
  SELECT to_regclass(${literal(table)})::oid AS id
  UNION SELECT inhrelid FROM pg_inherits JOIN part ON inhparent = part.id
), own AS (
  SELECT id FROM part UNION SELECT reltoastrelid FROM pg_class JOIN part ON pg_class.oid = part.id
)
SELECT concat_ws('/', CASE reltablespace WHEN 0 THEN dattablespace ELSE reltablespace END, d.oid,
  pg_relation_filenode(c.oid))
FROM own JOIN pg_class c ON c.oid = own.id
JOIN pg_database d ON d.datname = current_database()
WHERE pg_relation_filenode(c.oid) IS NOT NULL`;

/** As the cluster has the table now; says why it does not know. */
export async function findFiles(
  tools: ClusterTools,
  { database, name }: { database: string; name: string },
  attempt: Attempt,
): Promise<{ files: string[]; why?: string }> {
  const answer = await tools.psql({ ...tools.place, database }, [filesQuery(name)], attempt);
  if (answer.exitCode !== 0) return { files: [], why: describeToolFailure(answer) };
  const files = answer.stdout.split('\n').filter((line) => line !== '');
  return files.length > 0 ? { files } : { files, why: 'there is no such table now' };
}

/** What tables some files are of, now. Those that are gone have no name. */
export async function nameFiles(
  tools: ClusterTools,
  { database, files }: { database: string; files: readonly string[] },
  attempt: Attempt,
): Promise<Map<string, string>> {
  const list = files.map(literal).join(', ');
  if (list === '') return new Map();
  const answer = await tools.psql(
    { ...tools.place, database },
    [
      `SELECT file || ' ' || coalesce(pg_filenode_relation(
         CASE split_part(file, '/', 1)::oid WHEN dattablespace THEN 0 ELSE split_part(file, '/', 1)::oid END,
         split_part(file, '/', 3)::oid)::regclass::text, '')
       FROM unnest(ARRAY[${list}]) file JOIN pg_database d ON d.datname = current_database()
       WHERE split_part(file, '/', 2)::oid = d.oid`,
    ],
    attempt,
  );
  if (answer.exitCode !== 0) return new Map();
  const lines = answer.stdout.split('\n').filter((line) => line.includes(' '));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}
