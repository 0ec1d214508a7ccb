/** The admin console of PgBouncer: it takes simple queries only, and says everything as text. */
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { NodeAddress } from '../../../contracts/recovery/database-node.ts';
import type { PgBouncerSettings } from '../../../specs/kernel/routers.ts';
import { SilentServer, withSession, type Session } from '../../postgres/sql/session.ts';
import { passwordOf } from '../password-of.ts';

export interface ShownDatabase {
  name: string;
  address?: NodeAddress;
  isPaused: boolean;
  /** Absent: that of the whole pooler. */
  poolMode?: string;
}

export interface ShownClients {
  active: number;
  waiting: number;
}

export const consoleWithinMs = 3_000;
const betweenMs = 20;

/** Throws AgentError where it does not answer. */
export async function withConsole<T>(
  settings: PgBouncerSettings,
  withinMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { host, port, user, account } = settings;
  const password = await passwordOf(settings);
  const place = {
    ...{ host, port, user, database: 'pgbouncer', isPooler: true as const },
    ...(password !== undefined && { password }),
    ...(account !== undefined && { account }),
  };
  try {
    return await withSession(place, withinMs, work);
  } catch (error) {
    if (error instanceof AgentError || error instanceof SilentServer) throw error;
    const said = error instanceof Error ? error.message || String(error) : String(error);
    throw new AgentError(
      'unfinished',
      `the admin console of PgBouncer at ${host}:${port}: ${said}`,
    );
  }
}

export async function showDatabases(
  session: Session,
  names: readonly string[],
): Promise<(ShownDatabase | undefined)[]> {
  const rows = await session.query<Record<string, unknown>>('SHOW DATABASES');
  return names.map((name) => {
    const row = rows.find((each) => each['name'] === name);
    if (row === undefined) return undefined;
    const { host, port, paused, pool_mode: poolMode } = row;
    return {
      name,
      ...(typeof host === 'string' && { address: { host, port: Number(port) } }),
      isPaused: Number(paused) === 1,
      ...(typeof poolMode === 'string' && poolMode !== '' && { poolMode }),
    };
  });
}

export interface ShownConfiguration {
  poolMode?: string;
  /** Several processes may listen on its port, and each console is of one. */
  sharesPort: boolean;
}

export async function showConfiguration(session: Session): Promise<ShownConfiguration> {
  const rows = await session.query<{ key: string; value: string }>('SHOW CONFIG');
  const valueOf = (wanted: string) => rows.find(({ key }) => key === wanted)?.value;
  const poolMode = valueOf('pool_mode');
  return {
    ...(poolMode !== undefined && { poolMode }),
    sharesPort: ['1', 'yes', 'on', 'true'].includes(valueOf('so_reuseport') ?? ''),
  };
}

export async function showClients(
  session: Session,
  names: readonly string[],
): Promise<ShownClients> {
  const rows = await session.query<Record<string, unknown>>('SHOW POOLS');
  const own = rows.filter(({ database }) => names.includes(String(database)));
  const sum = (column: string) => own.reduce((all, row) => all + Number(row[column] ?? 0), 0);
  return { active: sum('cl_active'), waiting: sum('cl_waiting') };
}

/** Those whose clients still wait, all of them in pools without any connection to the server, after this time. */
export async function untilServed(
  session: Session,
  names: readonly string[],
  withinMs: number,
): Promise<string[]> {
  const endsAtMs = Date.now() + withinMs;
  for (;;) {
    const rows = await session.query<Record<string, unknown>>('SHOW POOLS');
    const stuck = names.filter((name) => {
      const waiting = rows.filter(
        (row) => row['database'] === name && Number(row['cl_waiting']) > 0,
      );
      return waiting.length > 0 && waiting.every(hasNoServer);
    });
    if (stuck.length === 0 || Date.now() > endsAtMs) return stuck;
    await sleep(betweenMs);
  }
}

function hasNoServer(row: Record<string, unknown>): boolean {
  const connected = ['sv_active', 'sv_idle', 'sv_used', 'sv_tested', 'sv_login'];
  return connected.every((column) => Number(row[column] ?? 0) === 0);
}
