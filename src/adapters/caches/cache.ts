import { createHash } from 'node:crypto';
import type {
  CachePolicy,
  CacheReport,
  Kept,
  SharedAnswers,
} from '../../contracts/kernel/caches.ts';
import { openMemory, type Memory } from './memory.ts';

export interface CacheSettings<T> {
  name: string;
  policy: CachePolicy;
  /** How old an answer may be that is given without asking the source. */
  freshMs: number;
  /** Whether an older one is given, with its age, while the source does not answer. Never where anything is judged by it. */
  mayBeOld: boolean;
  /** Entries, where each may be so large that fewer are kept than the settings of the process say. */
  most?: number;
  /** Absent: answers stay in this process. */
  shared?: SharedForm<T>;
}

/** How answers are written for other processes, which may have another version of Belay. */
export interface SharedForm<T> {
  /** Rises with every change of the form: processes read their own version alone. */
  version: number;
  /** Whether something that was read has this form: whoever can write to Redis could have written anything. */
  isForm(value: unknown): value is T;
}

export interface Question {
  /** Absent: about all environments. */
  environment?: string;
  /** What else is asked about; it is hashed, so that no part of it can be read in Redis. */
  about: unknown;
}

interface Surroundings {
  entries: number;
  /** How long an answer is kept at most, fresh or not. */
  keptMs: number;
  shared?: { store: SharedAnswers; prefix: string };
  now?: () => number;
}

/** More is not shared: others would wait longer for Redis than for the source. */
const longestShared = 1_000_000;
/** As much as clocks of hosts may differ. */
const skewMs = 1_000;

/** Answers of one kind of source, for questions that are asked again and again. */
export class Cache<T> {
  readonly settings: CacheSettings<T>;
  readonly #memory: Memory<Kept<T> & { askAgainAtMs?: number }>;
  readonly #surroundings: Surroundings;
  readonly #now: () => number;
  readonly #asking = new Map<string, Promise<Kept<T>>>();
  readonly #counts = { hits: 0, sharedHits: 0, misses: 0, stale: 0 };

  constructor(settings: CacheSettings<T>, surroundings: Surroundings) {
    const entries = Math.min(settings.most ?? Infinity, surroundings.entries);
    this.settings = settings;
    this.#surroundings = { ...surroundings, entries };
    this.#now = surroundings.now ?? (() => Date.now());
    this.#memory = openMemory(settings.policy, this.#surroundings);
  }

  /**
   * What is known, or what the source says. Those who ask at the same time wait for one answer. Rejects with
   * what the source rejects with, unless an old answer is there and may be given.
   */
  async read(question: Question, ask: () => Promise<T>): Promise<Kept<T>> {
    const key = this.#keyOf(question);
    const known = this.#memory.get(key);
    if (known !== undefined && this.#isFresh(known)) {
      this.#counts.hits += 1;
      return known;
    }
    if (known?.askAgainAtMs !== undefined && this.#now() < known.askAgainAtMs) {
      this.#counts.hits += 1;
      this.#counts.stale += 1;
      return known;
    }
    const asking = this.#asking.get(key);
    if (asking !== undefined) {
      this.#counts.hits += 1;
      return asking;
    }
    const answer = this.#find(key, ask).finally(() => this.#asking.delete(key));
    this.#asking.set(key, answer);
    return answer;
  }

  report(): CacheReport {
    const { name: cache, policy } = this.settings;
    const limit = this.#surroundings.entries;
    return { cache, policy, entries: this.#memory.size(), limit, ...this.#counts };
  }

  close(): void {
    this.#memory.clear();
  }

  async #find(key: string, ask: () => Promise<T>): Promise<Kept<T>> {
    const shared = await this.#readShared(key);
    if (shared !== undefined && this.#isFresh(shared)) {
      this.#counts.sharedHits += 1;
      this.#keep(key, shared);
      return shared;
    }
    this.#counts.misses += 1;
    try {
      // What changes while it is answered may not be in it.
      const atMs = this.#now();
      const kept = { value: await ask(), atMs };
      this.#keep(key, kept);
      void this.#writeShared(key, kept);
      return kept;
    } catch (error) {
      const old = this.settings.mayBeOld ? this.#newest(this.#memory.get(key), shared) : undefined;
      if (old === undefined) throw error;
      this.#counts.stale += 1;
      const failure = error instanceof Error ? error.message : String(error);
      const { value, atMs } = old;
      const askAgainAtMs = this.#now() + this.settings.freshMs;
      this.#keep(key, { value, atMs, failure, askAgainAtMs });
      return { value, atMs, failure };
    }
  }

  #newest(...all: (Kept<T> | undefined)[]): Kept<T> | undefined {
    const { keptMs } = this.#surroundings;
    return all
      .filter((one) => one !== undefined && this.#isWithin(one, keptMs))
      .sort((one, other) => (other?.atMs ?? 0) - (one?.atMs ?? 0))[0];
  }

  #isFresh(kept: Kept<T>): boolean {
    return kept.failure === undefined && this.#isWithin(kept, this.settings.freshMs);
  }

  /** One from the future was written by a clock that is wrong, and is as good as none. */
  #isWithin({ atMs }: Kept<T>, forMs: number): boolean {
    const ageMs = this.#now() - atMs;
    return ageMs >= -skewMs && ageMs < forMs;
  }

  #keep(key: string, kept: Kept<T> & { askAgainAtMs?: number }): void {
    const leftMs = kept.atMs + this.#keptMs() - this.#now();
    if (leftMs > 0) this.#memory.set(key, kept, leftMs);
  }

  #keptMs(): number {
    const { keptMs } = this.#surroundings;
    return this.settings.mayBeOld ? keptMs : Math.min(keptMs, this.settings.freshMs);
  }

  async #readShared(key: string): Promise<Kept<T> | undefined> {
    const { shared } = this.#surroundings;
    const form = this.settings.shared;
    if (shared === undefined || form === undefined) return undefined;
    const text = await shared.store.read(key);
    if (text === undefined) return undefined;
    const { value, atMs } = parse(text);
    return typeof atMs === 'number' && form.isForm(value) ? { value, atMs } : undefined;
  }

  async #writeShared(key: string, kept: Kept<T>): Promise<void> {
    const { shared } = this.#surroundings;
    if (shared === undefined || this.settings.shared === undefined) return;
    const text = JSON.stringify(kept);
    if (text.length <= longestShared) await shared.store.write(key, text, this.#keptMs());
  }

  #keyOf({ environment, about }: Question): string {
    const { name, shared } = this.settings;
    const whole = JSON.stringify([environment ?? null, about]);
    const hash = createHash('sha256').update(whole).digest('base64url');
    const prefix = this.#surroundings.shared?.prefix ?? 'belay';
    return [prefix, name, `v${shared?.version ?? 0}`, environment ?? '*', hash].join(':');
  }
}

function parse(text: string): { value?: unknown; atMs?: unknown } {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? parsed : {};
  } catch {
    return {};
  }
}
