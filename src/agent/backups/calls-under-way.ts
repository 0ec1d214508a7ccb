import type { Attempt } from '../../contracts/kernel/agent-host.ts';
import type { Copies } from './copies.ts';

/** So that a copy outlives a killed agent by at least its time less this. */
const touchEveryMs = 10_000;

interface CallUnderWay {
  /** Its copy is removed: what it has started is ended, and it starts nothing more. */
  removal: AbortController;
  ended: Promise<void>;
}

/** Calls about copies that are under way: no copy is swept while a call uses it. */
export class CallsUnderWay {
  readonly #calls = new Map<string, Set<CallUnderWay>>();

  has(copy: string): boolean {
    return this.#calls.has(copy);
  }

  /** Keeps a copy while a call about it is under way, and for its time after that. */
  async during<T>(
    { copies, copy }: { copies: Copies; copy: string },
    attempt: Attempt,
    work: (following: Attempt) => Promise<T>,
  ): Promise<T> {
    const removal = new AbortController();
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (end = resolve));
    const call = { removal, ended };
    const calls = this.#calls.get(copy) ?? new Set();
    this.#calls.set(copy, calls.add(call));
    const keep = () => copies.touch(copy).catch(() => undefined);
    const timer = setInterval(() => void keep(), touchEveryMs);
    try {
      const cancelled = AbortSignal.any([attempt.cancelled, removal.signal]);
      return await work({ ...attempt, cancelled });
    } finally {
      clearInterval(timer);
      await keep();
      calls.delete(call);
      if (calls.size === 0) this.#calls.delete(copy);
      end();
    }
  }

  /** Aborts those about a copy that is removed. Returns what waits until they have ended. */
  abort(copy: string): () => Promise<unknown> {
    const underWay = [...(this.#calls.get(copy) ?? [])];
    for (const { removal } of underWay) removal.abort();
    return () => Promise.all(underWay.map(({ ended }) => ended));
  }
}
