import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';

const everyMs = 20;
/** Of a statement, and of connecting. */
const patienceMs = 2_000;

export interface ClientFigures {
  /** The longest time between two acknowledgements. */
  outageMs: number;
  failed: number;
  acknowledged: readonly number[];
}

/** Inserts rising numbers one after the other, each on its own, and counts by itself. */
export class InsertingClient {
  readonly #connect: () => Promise<Client>;
  readonly #acknowledged: number[] = [];
  readonly #first: number;
  #failed = 0;
  #longestMs = 0;
  #isOver = false;
  readonly #running: Promise<void>;

  constructor(connect: () => Promise<Client>, first: number) {
    this.#connect = connect;
    this.#first = first;
    this.#running = this.#write();
  }

  /** Until it has written some more rows. */
  async untilWriting(): Promise<void> {
    const enough = this.#acknowledged.length + 25;
    while (this.#acknowledged.length < enough) await sleep(everyMs);
  }

  async stop(): Promise<ClientFigures> {
    this.#isOver = true;
    await this.#running;
    return {
      ...{ outageMs: this.#longestMs, failed: this.#failed },
      acknowledged: this.#acknowledged,
    };
  }

  async #write(): Promise<void> {
    let client: Client | undefined;
    let lastMs: number | undefined;
    for (let next = this.#first; !this.#isOver; next += 1) {
      try {
        client ??= await this.#connect();
        await inTime(client.query('INSERT INTO marks VALUES ($1)', [next]));
        const nowMs = performance.now();
        this.#longestMs = Math.max(this.#longestMs, nowMs - (lastMs ?? nowMs));
        lastMs = nowMs;
        this.#acknowledged.push(next);
      } catch {
        this.#failed += 1;
        void client?.end().catch(() => undefined);
        client = undefined;
      }
      await sleep(everyMs);
    }
    await client?.end();
  }
}

async function inTime(work: Promise<unknown>): Promise<void> {
  work.catch(() => undefined);
  const late = new AbortController();
  const tooLate = sleep(patienceMs, undefined, { signal: late.signal }).then(() => {
    throw new Error(`no answer within ${patienceMs} ms`);
  });
  tooLate.catch(() => undefined);
  try {
    await Promise.race([work, tooLate]);
  } finally {
    late.abort();
  }
}
