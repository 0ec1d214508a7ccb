import type { Duplex } from 'node:stream';
import { Query, type Client, type QueryConfig } from 'pg';
import { readColumn } from './read-column.ts';

/** What a statement gave. */
export interface Carried {
  /** The first rows. */
  rows: Record<string, unknown>[];
  /** How many rows it changed or returned. */
  count: number;
}

interface Statement {
  statement: string;
  values: readonly unknown[];
  keep: number;
}

/** An answer of more is not read to its end. */
const mostBytes = 16 * 2 ** 20;

/** The answer to a statement is too large to be read. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
  constructor() {
    super('its answer has more than 16 MiB: ask for fewer rows, or for an aggregate');
  }
}

/** By the extended protocol, which takes exactly one statement, and binds its values. */
export async function carryOut(
  client: Client,
  stream: Duplex,
  statement: Statement,
): Promise<Carried> {
  return receive(client, stream, statement, { types: { getTypeParser: readColumn } });
}

/** The first rows, each column as the server writes it; null where it has no value. */
export async function readTexts(
  client: Client,
  stream: Duplex,
  statement: Statement,
): Promise<(string | null)[][]> {
  const asWritten = { types: { getTypeParser: () => (written: string) => written } };
  const { rows } = await receive(client, stream, statement, { ...asWritten, rowMode: 'array' });
  return rows as unknown as (string | null)[][];
}

async function receive(
  client: Client,
  stream: Duplex,
  { statement, values, keep }: Statement,
  options: object,
): Promise<Carried> {
  const config = {
    ...{ text: statement, values: [...values], queryMode: 'extended' },
    ...options,
  } as QueryConfig;
  const query = new Query<Record<string, unknown>>(config);
  const rows: Record<string, unknown>[] = [];
  let read = 0;
  let bytes = 0;
  return new Promise((resolve, reject) => {
    const count = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= mostBytes) return;
      reject(new AnswerTooLarge());
      stream.destroy();
    };
    stream.on('data', count);
    query.on('row', (row) => {
      read += 1;
      if (rows.length < keep) rows.push(row);
    });
    query.on('error', (error) => {
      stream.off('data', count);
      reject(error);
    });
    query.on('end', (result) => {
      stream.off('data', count);
      resolve({ rows, count: result.rowCount ?? read });
    });
    client.query(query);
  });
}
