import { Socket } from 'node:net';
import { Client, type QueryResultRow } from 'pg';
import { StreamAsAccount } from './stream-as-account.ts';

export interface ServerPlace {
  /** A folder with a socket, or a host. */
  host: string;
  port: number;
  user: string;
  database: string;
  password?: string;
  /** The socket is connected to by a process of this account. */
  account?: string;
  /** A pooler, which takes no settings of the session: whatever is asked there has to name its schema. */
  isPooler?: true;
}

export interface Session {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** A server that did not answer in time: nothing is known of it. */
export class SilentServer extends Error {
  override readonly name = 'SilentServer';
}

/**
 * One connection, ended with the work. The time is for connecting and all queries together, by a clock
 * of its own: neither `connect_timeout` nor `statement_timeout` holds while a server is frozen, or a
 * commit waits for a standby.
 */
export async function withSession<T>(
  place: ServerPlace,
  withinMs: number,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const { account, isPooler, ...connection } = place;
  const stream = account === undefined ? new Socket() : new StreamAsAccount(account);
  const client = new Client({
    ...connection,
    application_name: 'belay',
    // The owner of a database may set a path on which functions of its own come first.
    ...(!isPooler && { options: '-c search_path=pg_catalog -c client_encoding=UTF8' }),
    stream: () => stream,
  });
  client.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new SilentServer(`no answer within ${withinMs} ms`));
      stream.destroy();
    }, withinMs);
  });
  try {
    return await Promise.race([late, carryOut(client, work)]);
  } finally {
    clearTimeout(timer);
    void client.end().catch(() => undefined);
    setTimeout(() => stream.destroy(), 100).unref();
  }
}

async function carryOut<T>(client: Client, work: (session: Session) => Promise<T>): Promise<T> {
  await client.connect();
  return work({
    query: async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
  });
}

/** Of an answer of a server, such as `53300`; absent for anything else. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}
