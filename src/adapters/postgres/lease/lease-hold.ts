import { setTimeout as sleep } from 'node:timers/promises';
import type { WatchHeartbeat } from '../../../contracts/recovery/database-node.ts';
import type { LeaseWire } from '../../../contracts/recovery/lease-wire.ts';
import { sinceBootMs } from '../../../processes/boot-clock.ts';
import {
  addHolder,
  extendHolder,
  isHolder,
  isOver,
  newHolder,
  removeHolder,
  type Holder,
} from './holders.ts';
import type { Keeper } from './keeper.ts';

export interface HoldOptions {
  wire: LeaseWire;
  leaseMs: number;
  folder: string;
  keeper: Keeper;
  /** What its keeper does, for where that was killed, or Temporal says that the lease is over. */
  fence(why: string): Promise<unknown>;
  onError(message: string, error: unknown): void;
}

/** So many heartbeats are due within a lease. */
const beatsPerLease = 6;
/** The keeper comes first. */
const keeperFirstMs = 500;
/** The SDK reports how the activity has ended; after this the agent does. */
const reportedWithinMs = 3_000;

/**
 * The heartbeats of one activity, and the lease that they extend: counted from the sending of each that
 * was accepted. It is released in one way alone: Temporal has closed the activity, and not for want of
 * heartbeats, so that nobody can ever rely on its end.
 */
export class LeaseHold {
  readonly #options: HoldOptions;
  readonly #cancelled = new AbortController();
  #wake = new AbortController();
  #holder: Holder | undefined;
  #arming: Promise<void> | undefined;
  #extending: Promise<void> | undefined;
  #last: WatchHeartbeat = { atMs: Date.now() };
  #endingMs: number | undefined;
  readonly settled: Promise<void>;

  /** `left`: what an earlier agent has left. */
  constructor(options: HoldOptions, left?: Holder) {
    this.#options = options;
    this.#holder = left;
    if (left !== undefined) this.#endingMs = -Infinity;
    this.settled = this.#run();
  }

  /** Aborted where the run does not want the watch any more. */
  get cancelled(): AbortSignal {
    return this.#cancelled.signal;
  }

  say(heartbeat: WatchHeartbeat): void {
    this.#last = heartbeat;
  }

  /** From when this returns, the server is fenced where heartbeats are not accepted. Throws AgentError. */
  arm(): Promise<void> {
    this.#arming ??= this.#arm();
    return this.#arming;
  }

  /** Where the server is fenced anyhow: its time may run out now. */
  async forget(): Promise<void> {
    this.#holder = undefined;
    await this.#extending;
  }

  /** The watch is over. What it holds is released once Temporal knows. */
  async end(): Promise<void> {
    await this.#arming?.catch(() => undefined);
    this.#endingMs ??= performance.now();
    this.#wake.abort();
  }

  async #arm(): Promise<void> {
    const { wire, leaseMs, folder, keeper } = this.#options;
    const holder = newHolder(wire.activity, leaseMs);
    await addHolder(folder, holder);
    this.#holder = holder;
    try {
      await keeper.awaitKept(holder.id);
    } catch (error) {
      this.#holder = undefined;
      await removeHolder(folder, holder.id);
      throw error;
    }
  }

  async #run(): Promise<void> {
    const { leaseMs } = this.#options;
    for (;;) {
      const sentMs = sinceBootMs();
      const answer = await this.#beat();
      if (answer === 'cancelled' || answer === 'gone') this.#cancelled.abort();
      if (answer === 'accepted' || answer === 'cancelled') {
        this.#extending = this.#extend(sentMs);
        await this.#extending;
      }
      if (answer === 'gone' && (await this.#settle())) return;
      if (this.#endingMs !== undefined && this.#holder === undefined) return;
      if (this.#holder !== undefined && isOver(this.#holder, sinceBootMs() - keeperFirstMs)) {
        await this.#fence(`no heartbeat was accepted for ${leaseMs} ms`);
        return;
      }
      if (answer === 'accepted') await this.#failWhereNobodyReports();
      await this.#pause(sentMs + leaseMs / beatsPerLease - sinceBootMs());
    }
  }

  async #beat(): Promise<'accepted' | 'cancelled' | 'gone' | 'unreachable'> {
    const { wire, leaseMs } = this.#options;
    const isKept = await this.#isKept();
    const heartbeat = { ...this.#last, ...(isKept && { leaseMs }) };
    return wire.beat(heartbeat, leaseMs / 3).catch(() => 'unreachable' as const);
  }

  async #isKept(): Promise<boolean> {
    const { keeper, onError } = this.#options;
    if (this.#holder === undefined) return false;
    try {
      return await keeper.ensureKept(this.#holder.id);
    } catch (error) {
      onError('the keeper of a lease cannot be started again', error);
      return false;
    }
  }

  /** What is over is never extended. */
  async #extend(sentMs: number): Promise<void> {
    const { folder, leaseMs, onError } = this.#options;
    const held = this.#holder;
    if (held === undefined || isOver(held)) return;
    const extended = { ...held, untilMs: sentMs + leaseMs };
    try {
      await extendHolder(folder, extended);
      if (this.#holds(held)) this.#holder = extended;
    } catch (error) {
      onError('a lease cannot be extended', error);
    }
  }

  #holds(holder: Holder): boolean {
    return this.#holder === holder;
  }

  /** Whether nothing is held any more. */
  async #settle(): Promise<boolean> {
    const { wire, folder, leaseMs } = this.#options;
    if (this.#holder === undefined) return true;
    const how = await wire.howEnded(leaseMs / 3).catch(() => 'unknown' as const);
    if (how === 'timed-out') {
      await this.#fence('Temporal says that its heartbeats were missed for as long as its lease');
      return true;
    }
    if (how !== 'ended') return false;
    await removeHolder(folder, this.#holder.id);
    this.#holder = undefined;
    return true;
  }

  /** Until it holds: the keeper may have been killed. One that has fenced the server has removed the holder. */
  async #fence(why: string): Promise<void> {
    const { fence, folder, onError } = this.#options;
    const id = this.#holder?.id;
    for (let failures = 0; id !== undefined; failures += 1) {
      try {
        if (await isHolder(folder, id)) {
          await fence(why);
          await removeHolder(folder, id);
        }
        this.#holder = undefined;
        return;
      } catch (error) {
        onError('a server whose lease has run out cannot be fenced', error);
        await sleep(Math.min(10_000, 200 * 2 ** Math.min(failures, 10)));
      }
    }
  }

  async #failWhereNobodyReports(): Promise<void> {
    const { wire, leaseMs } = this.#options;
    if (this.#endingMs === undefined) return;
    if (performance.now() - this.#endingMs < reportedWithinMs) return;
    await wire.fail('the agent stopped; watch again', leaseMs / 3).catch(() => undefined);
  }

  async #pause(ms: number): Promise<void> {
    const { signal } = this.#wake;
    await sleep(Math.max(10, ms), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) this.#wake = new AbortController();
  }
}
