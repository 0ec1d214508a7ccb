import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

interface Acknowledged {
  id: number;
  /** Of the commit, by the clock of the database. */
  atMs: number;
}

/** Inserts orders one after the other, and remembers those that the database acknowledged. */
export class WritingClient {
  readonly acknowledged: Acknowledged[] = [];
  failed = 0;
  #isOn = true;
  readonly #done: Promise<void>;
  readonly #database: Client;

  private constructor(database: Client, everyMs: number) {
    this.#database = database;
    this.#done = this.#write(everyMs);
  }

  /** The connection is the client's own from here on. */
  static async start(database: Client, everyMs: number): Promise<WritingClient> {
    await database.query(
      'CREATE TABLE orders (id bigserial PRIMARY KEY, placed_at timestamptz NOT NULL DEFAULT clock_timestamp())',
    );
    return new WritingClient(database, everyMs);
  }

  /** How many orders were acknowledged up to a moment. */
  countUntil(atMs: number): number {
    return this.acknowledged.filter((order) => order.atMs <= atMs).length;
  }

  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#done;
    await this.#database.end();
  }

  async #write(everyMs: number): Promise<void> {
    while (this.#isOn) {
      try {
        const { rows } = await this.#database.query<{ id: string; at: string }>(
          'INSERT INTO orders DEFAULT VALUES RETURNING id, extract(epoch FROM placed_at) * 1000 AS at',
        );
        const [row] = rows;
        if (row) this.acknowledged.push({ id: Number(row.id), atMs: Number(row.at) });
      } catch {
        this.failed += 1;
      }
      await sleep(everyMs);
    }
  }
}
