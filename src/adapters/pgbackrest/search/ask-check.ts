import type { CopyPlace } from '../../../contracts/backups/provider.ts';
import type { Check, CheckAnswer } from '../../../contracts/backups/search.ts';
import { AgentError, type Attempt } from '../../../contracts/kernel/agent-host.ts';
import { powersOfRole } from '../../postgres/sql/powers-of-role.ts';
import { copyFolders } from '../copies/copy-folder.ts';
import { placeOf } from '../copies/inspect-copy.ts';
import type { ClusterTools, PsqlPlace } from '../tool/cluster-tools.ts';
import { literal } from '../tool/sql-literal.ts';
import { describeToolFailure } from '../tool/tool-failure.ts';

/**
 * Asks as a role that the database has: a copy that waits takes no new one. A superuser is never asked
 * as, nor whoever may become one, or reach files and programs of the host.
 */
export async function askCheck(
  tools: ClusterTools,
  { folder, check }: Partial<CopyPlace> & { check: Check },
  attempt: Attempt,
): Promise<CheckAnswer> {
  const { database, query } = check;
  const place: PsqlPlace =
    folder === undefined
      ? { ...tools.place, database }
      : { ...placeOf(copyFolders(folder)), database };
  const role = await findRole(tools, place, check, attempt);
  const answer = await tools.psql(place, [readOnly, statementOf(query)], attempt, role);
  if (answer.exitCode !== 0) return { kind: 'none', why: describeToolFailure(answer) };
  return { kind: 'answer', seen: shownAs(answer.stdout) };
}

export const readOnly = 'SET default_transaction_read_only = on';

export function statementOf(query: string): string {
  return query.trim().replace(/;\s*$/, '');
}

export function shownAs(written: string): string {
  return written.trim().slice(0, 1_000);
}

async function findRole(
  tools: ClusterTools,
  place: PsqlPlace,
  { database, role }: Check,
  attempt: Attempt,
): Promise<string> {
  const answer = await tools.psql(place, [roleQuery({ database, role })], attempt);
  if (answer.exitCode !== 0) {
    throw new AgentError(
      'unfinished',
      `who may ask ${database} is not known: ${describeToolFailure(answer)}`,
    );
  }
  const line = answer.stdout.split('\n').find((one) => one.startsWith('{'));
  return judgeRole(line === undefined ? undefined : (JSON.parse(line) as FoundRole), {
    database,
    ...(role !== undefined && { role }),
  });
}

/** Its name, where nothing speaks against asking as it. */
export function judgeRole(
  found: FoundRole | undefined,
  { database, role }: Pick<Check, 'database' | 'role'>,
): string {
  if (found === undefined)
    throw new AgentError('refused', `there was no role ${role ?? ''} at that time`);
  const why = [
    ...(found.may_log_in ? [] : ['cannot log in']),
    ...(found.too_much === null ? [] : [`may become ${found.too_much}`]),
  ];
  if (why.length === 0) return found.name;
  const whose = role === undefined ? `, the owner of ${database},` : '';
  throw new AgentError(
    'refused',
    `the check is not asked as ${found.name}${whose} which ${why.join(', and ')}: name a role under check.role that can log in and read the tables, is no superuser, and has no CREATEROLE (before PostgreSQL 16)`,
  );
}

export interface FoundRole {
  name: string;
  may_log_in: boolean;
  too_much: string | null;
}

/** Asked in any database. */
export function roleQuery({
  database,
  role,
}: {
  database: string;
  role: string | undefined;
}): string {
  const whose =
    role === undefined
      ? `r.oid = (SELECT datdba FROM pg_database WHERE datname = ${literal(database)})`
      : `r.rolname = ${literal(role)}`;
  return `SELECT json_build_object('name', r.rolname, 'may_log_in', r.rolcanlogin, 'too_much',
    ${powersOfRole}) FROM pg_roles r WHERE ${whose}`;
}
