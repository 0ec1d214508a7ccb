import type { NodeAddress } from '../../contracts/recovery/database-node.ts';
import type { RouterLogin } from '../../specs/kernel/routers.ts';
import { sqlState, withSession } from '../postgres/sql/session.ts';
import { passwordOf } from './password-of.ts';

const withinMs = 1_000;
const cannotConnectNow = '57P03';

/** Why a role cannot ask a server; one that does not answer says nothing: it may be the one that is down. */
export async function findRefusedLogin(
  login: RouterLogin,
  { host, port }: NodeAddress,
  database: string,
): Promise<string | undefined> {
  const { user } = login;
  const password = await passwordOf(login);
  const place = { host, port, user, database, ...(password !== undefined && { password }) };
  try {
    await withSession(place, withinMs, (session) => session.query('SELECT 1'));
    return undefined;
  } catch (error) {
    const state = sqlState(error);
    if (state === undefined || state === cannotConnectNow) return undefined;
    const said = error instanceof Error ? error.message : String(error);
    return `role ${user} cannot ask ${host}:${port} for database ${database}: ${said}`;
  }
}
