import type { Check, CheckAnswer } from '../../../contracts/backups/search.ts';
import type { Attempt } from '../../../contracts/kernel/agent-host.ts';
import { AnswerTooLarge } from '../../postgres/sql/carry-out.ts';
import { SilentServer, sqlState, withSession, type Session } from '../../postgres/sql/session.ts';
import { copyFolders } from '../copies/copy-folder.ts';
import type { ClusterTools } from '../tool/cluster-tools.ts';
import {
  askCheck,
  judgeRole,
  readOnly,
  roleQuery,
  shownAs,
  statementOf,
  type FoundRole,
} from './ask-check.ts';
import { StandbyFailed } from './standby-failed.ts';

/** As long as psql is given. */
const withinMs = 300_000;
/** More is not shown. */
const mostRows = 1_001;
/** What replay did before it came to wait may still have ended the first one. */
const mostTries = 3;

const queries = /^(?:SELECT|WITH|VALUES|TABLE)\b/i;
/** Such as of several statements at once, which is for psql. */
const syntaxError = '42601';
const endedByReplay = ['40001', '40P01', '57014', '57P01'];

interface AskedStandby {
  folder: string;
  /** Of its superuser. */
  session: Session;
  check: Check;
}

/**
 * The same as `askCheck`, of a server that waits, and without a program for each question: as the same
 * role, with the answer in the same words.
 */
export async function askStandby(
  tools: ClusterTools,
  { folder, session, check }: AskedStandby,
  attempt: Attempt,
): Promise<CheckAnswer> {
  const statement = statementOf(check.query);
  const bySql = () => askCheck(tools, { folder, check }, attempt);
  if (!queries.test(statement)) return bySql();
  const { database, role } = check;
  const [row] = await session.query<{ found: FoundRole }>(
    `SELECT found FROM (${roleQuery({ database, role })}) AS asked(found)`,
  );
  const user = judgeRole(row?.found, check);
  const host = copyFolders(folder).socket;
  const place = { host, port: 5432, user, database, hasOwnPath: true as const };
  for (let tries = 1; ; tries += 1) {
    try {
      const rows = await withSession(place, withinMs, async (own) => {
        // As psql does where its locale is C: nothing is converted.
        await own.query(`SET client_encoding = 'SQL_ASCII'`);
        await own.query(readOnly);
        return own.readTexts(statement, mostRows);
      });
      const written = rows.map((columns) => columns.map((one) => one ?? '').join('|'));
      return { kind: 'answer', seen: shownAs(written.join('\n')) };
    } catch (error) {
      const state = sqlState(error);
      if (state === syntaxError) return bySql();
      // Of a server that is gone there is no answer.
      const isOwn = error instanceof SilentServer || error instanceof AnswerTooLarge;
      if (state === undefined && !isOwn) {
        throw new StandbyFailed(error instanceof Error ? error.message : String(error));
      }
      if (tries < mostTries && state !== undefined && endedByReplay.includes(state)) continue;
      return { kind: 'none', why: error instanceof Error ? error.message : String(error) };
    }
  }
}
