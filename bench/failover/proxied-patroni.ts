import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { InsertingClient } from '../../scripts/archived-postgres/inserting-client.ts';
import { findPatroni } from '../../scripts/patroni/find-patroni.ts';
import { PatroniDatabase, type patroniTimes } from '../../scripts/patroni/patroni-database.ts';
import type { PatroniMember } from '../../scripts/patroni/patroni-member.ts';
import { PatroniProxy } from '../../scripts/patroni/patroni-proxy.ts';
import { progress } from '../report/tell.ts';
import type { Measured } from './pooled-database.ts';

export type PatroniTimes = keyof typeof patroniTimes;

/** Each ends what it does to the former leader, once another one leads. */
export const patroniFaults = {
  killed: async ({ dataFolder }: PatroniMember) => {
    const [pid = ''] = (await readFile(join(dataFolder, 'postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');
    return () => Promise.resolve();
  },
  lost: async (member: PatroniMember) => {
    await member.lose();
    return () => member.up();
  },
  frozen: async (member: PatroniMember) => {
    member.signal('SIGSTOP');
    await member.signalServer('SIGSTOP');
    return async () => {
      await member.signalServer('SIGCONT');
      member.signal('SIGCONT');
    };
  },
};

export type PatroniFault = keyof typeof patroniFaults;

const writingWithinMs = 180_000;

/** Two servers that a Patroni is in charge of, behind an HAProxy that asks it who leads. */
export class ProxiedPatroni {
  readonly #database: PatroniDatabase;
  readonly #proxy: PatroniProxy;
  #marks = 0;

  private constructor(database: PatroniDatabase, proxy: PatroniProxy) {
    this.#database = database;
    this.#proxy = proxy;
  }

  /** Always removes what it started. */
  static async use<T>(
    times: PatroniTimes,
    measure: (patroni: ProxiedPatroni) => Promise<T>,
  ): Promise<T> {
    const found = await findPatroni();
    if (!found.ok) throw new Error(found.why);
    progress(`making two servers of a Patroni with ${times} times, and an HAProxy`);
    const database = await PatroniDatabase.start({ programs: found.programs, times });
    let proxy: PatroniProxy | undefined;
    try {
      proxy = await PatroniProxy.start(database, times);
      await database.member('p1').sql('CREATE TABLE marks (id bigint PRIMARY KEY)');
      return await measure(new ProxiedPatroni(database, proxy));
    } finally {
      await proxy?.close();
      await database.close();
    }
  }

  /** What a client sees, from before a fault until it writes again and the members stream. */
  async measure(fault: PatroniFault): Promise<Measured> {
    await this.#database.untilRedundant();
    const former = await this.#database.primary();
    if (former === undefined) throw new Error('No member leads');
    const first = this.#marks + 1;
    const client = new InsertingClient(() => this.#proxy.connect(), first);
    await client.untilWriting();
    const recover = await patroniFaults[fault](former);
    await this.#untilWriting(fault === 'killed' ? undefined : former);
    await recover();
    await this.#database.untilRedundant();
    await sleep(500);
    const figures = await client.stop();
    this.#marks = Math.max(this.#marks + 1_000_000, ...figures.acknowledged);
    const leader = await this.#database.primary();
    const stored = (await leader?.sql<{ id: string }>('SELECT id FROM marks')) ?? [];
    const ids = new Set(stored.map(({ id }) => Number(id)));
    const lost = figures.acknowledged.filter((id) => !ids.has(id)).length;
    return { ...figures, lost };
  }

  /** Until a member takes rows of the client, which is another one than `former`. */
  async #untilWriting(former: PatroniMember | undefined): Promise<void> {
    const endsAtMs = Date.now() + writingWithinMs;
    for (;;) {
      const [before, after] = [await this.#lastMark(former), await this.#lastMark(former, 300)];
      if (before !== undefined && after !== undefined && after > before) return;
      if (Date.now() > endsAtMs) throw new Error('Patroni has not failed over');
    }
  }

  async #lastMark(former: PatroniMember | undefined, afterMs = 0): Promise<number | undefined> {
    await sleep(afterMs);
    for (const member of this.#database.members) {
      if (member === former) continue;
      const [row] = await member
        .sql<{ last: string }>(
          'SELECT max(id) AS last FROM marks WHERE NOT pg_is_in_recovery() HAVING count(*) > 0',
        )
        .catch(() => []);
      if (row !== undefined) return Number(row.last);
    }
    return undefined;
  }
}
