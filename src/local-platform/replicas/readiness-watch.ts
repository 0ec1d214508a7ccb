import { setTimeout as sleep } from 'node:timers/promises';
import { probe } from './probe.ts';

const startingPollMs = 100;
const readyPollMs = 1_000;
/** A ready replica counts as not ready after this many failed probes in a row. */
const missesAllowed = 3;

/** Probes a replica repeatedly. */
export class ReadinessWatch {
  ready = false;
  /** Why it is not ready. */
  problem: string | undefined = 'starting';
  readonly #stopped = new AbortController();
  #wake = new AbortController();

  constructor(port: number, path: string | undefined, onReady: () => void) {
    this.#watch(port, path, onReady).catch(() => undefined);
  }

  /** A request to it failed: not ready until a probe succeeds again. */
  refute(problem: string): void {
    this.ready = false;
    this.problem = problem;
    this.#wake.abort();
  }

  stop(): void {
    this.ready = false;
    this.#stopped.abort();
    this.#wake.abort();
  }

  #isStopped(): boolean {
    return this.#stopped.signal.aborted;
  }

  async #watch(port: number, path: string | undefined, onReady: () => void): Promise<void> {
    let misses = 0;
    while (!this.#isStopped()) {
      const problem = await probe(port, path);
      if (this.#isStopped()) return;
      misses = problem === undefined ? 0 : misses + 1;
      if (problem === undefined) {
        if (!this.ready) onReady();
        this.ready = true;
        this.problem = undefined;
      } else if (!this.ready || misses >= missesAllowed) {
        this.ready = false;
        this.problem = problem;
      }
      this.#wake = new AbortController();
      const { signal } = this.#wake;
      await sleep(this.ready ? readyPollMs : startingPollMs, undefined, { signal }).catch(
        () => undefined,
      );
    }
  }
}
