import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Client, type QueryResultRow } from 'pg';
import { carryOut, readTexts, type Carried } from './carry-out.ts';
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
  /** Names without a schema are looked up as the role does it. */
  hasOwnPath?: true;
}

export interface Session {
  query<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /** One statement of somebody else, of which at most `keep` rows are kept. */
  carryOut(statement: string, values: readonly unknown[], keep: number): Promise<Carried>;
  /** The same, without values, and with the columns as the server writes them. */
  readTexts(statement: string, keep: number): Promise<(string | null)[][]>;
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
  const { account, isPooler, hasOwnPath, ...connection } = place;
  const stream = account === undefined ? new Socket() : new StreamAsAccount(account);
  const client = new Client({
    ...connection,
    application_name: 'belay',
    // The owner of a database may set a path on which functions of its own come first.
    ...(!isPooler &&
      !hasOwnPath && { options: '-c search_path=pg_catalog -c client_encoding=UTF8' }),
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
    return await Promise.race([late, connected(client, stream, work)]);
  } finally {
    clearTimeout(timer);
    void client.end().catch(() => undefined);
    setTimeout(() => stream.destroy(), 100).unref();
  }
}

async function connected<T>(
  client: Client,
  stream: Duplex,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  await client.connect();
  return work({
    query: async <Row extends QueryResultRow>(sql: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(sql, [...values])).rows,
    carryOut: (statement, values, keep) => carryOut(client, stream, { statement, values, keep }),
    readTexts: (statement, keep) => readTexts(client, stream, { statement, values: [], keep }),
  });
}

/** Of an answer of a server, such as `53300`; absent for anything else. */
export function sqlState(error: unknown): string | undefined {
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && severity !== undefined ? code : undefined;
}
