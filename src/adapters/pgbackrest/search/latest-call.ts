import type { Attempt } from '../../../contracts/kernel/agent-host.ts';

interface CallUnderWay {
  end: AbortController;
  ended: Promise<unknown>;
}

/**
 * Of calls about the same copy the latest one counts: what Temporal has heard nothing of for a while is given
 * out again, and may still be at it. An earlier one is ended before the next one begins.
 */
export class LatestCall {
  readonly #calls = new Map<string, CallUnderWay>();

  async take<T>(
    copy: string,
    attempt: Attempt,
    work: (following: Attempt) => Promise<T>,
  ): Promise<T> {
    const before = this.#calls.get(copy);
    before?.end.abort();
    const end = new AbortController();
    const cancelled = AbortSignal.any([attempt.cancelled, end.signal]);
    const running = (before?.ended ?? Promise.resolve()).then(() =>
      work({ ...attempt, cancelled }),
    );
    const call = { end, ended: running.catch(() => undefined) };
    this.#calls.set(copy, call);
    try {
      return await running;
    } finally {
      if (this.#calls.get(copy) === call) this.#calls.delete(copy);
    }
  }
}
