import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { readRecords } from '../../../../src/adapters/dns/zone.ts';

interface Found {
  host: string;
  untilMs: number;
}

export interface NamedWrite {
  id: number;
  host: string;
  acknowledgedMs: number;
}

export interface WriterOptions {
  nameServer: { host: string; port: number };
  name: string;
  /** Of all servers behind the name. */
  port: number;
  firstId: number;
}

const everyMs = 20;
const patienceMs = 2_000;
const writesWithinMs = 60_000;

/** A client that knows nothing but a name, keeps what it resolves for as long as it may, and never stops writing. */
export class ResolvingWriter {
  readonly acknowledged: NamedWrite[] = [];
  /** Attempts that were not acknowledged. */
  failed = 0;
  readonly #options: WriterOptions;
  readonly #running: Promise<void>;
  #next: number;
  #isOver = false;
  #found: Found | undefined;

  /** Into the table `marks (id bigint PRIMARY KEY)`. */
  constructor(options: WriterOptions) {
    this.#options = options;
    this.#next = options.firstId;
    this.#running = this.#write();
  }

  get next(): number {
    return this.#next;
  }

  async untilWriting(host: string, count = 20): Promise<void> {
    const enough = this.#writesTo(host).length + count;
    const deadline = performance.now() + writesWithinMs;
    while (this.#writesTo(host).length < enough) {
      if (performance.now() > deadline) throw new Error(`no write is acknowledged by ${host}`);
      await sleep(everyMs);
    }
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#running;
  }

  /** From the last write that one server has acknowledged to the first of the other one. */
  outage(from: string, to: string): { lastMs: number; firstMs: number; ms: number } {
    const lastMs = this.#writesTo(from).at(-1)?.acknowledgedMs ?? NaN;
    const after = this.#writesTo(to).find(({ acknowledgedMs }) => acknowledgedMs > lastMs);
    const firstMs = after?.acknowledgedMs ?? NaN;
    return { lastMs, firstMs, ms: firstMs - lastMs };
  }

  #writesTo(wanted: string): NamedWrite[] {
    return this.acknowledged.filter(({ host }) => host === wanted);
  }

  async #write(): Promise<void> {
    let client: (Client & { at?: string }) | undefined;
    while (!this.#isOver) {
      const id = this.#next;
      this.#next += 1;
      try {
        client ??= await this.#connect();
        await client.query(`INSERT INTO marks VALUES (${id})`);
        this.acknowledged.push({ id, host: client.host, acknowledgedMs: Date.now() });
      } catch {
        this.failed += 1;
        void client?.end().catch(() => undefined);
        client = undefined;
      }
      await sleep(everyMs);
    }
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<Client> {
    const client = new Client({
      ...{ host: await this.#resolve(), port: this.#options.port },
      ...{ database: 'postgres', user: 'postgres' },
      ...{ connectionTimeoutMillis: patienceMs, query_timeout: patienceMs },
    });
    client.on('error', () => undefined);
    try {
      await client.connect();
    } catch (error) {
      void client.end().catch(() => undefined);
      throw error;
    }
    return client;
  }

  async #resolve(): Promise<string> {
    if (this.#found !== undefined && Date.now() < this.#found.untilMs) return this.#found.host;
    const { nameServer, name } = this.#options;
    const [record] = await readRecords(nameServer, name, ['A'], patienceMs);
    if (record === undefined) throw new Error(`${name} has no address`);
    this.#found = { host: record.value, untilMs: Date.now() + record.ttlS * 1_000 };
    return record.value;
  }
}
