import type { TrackTally } from '../../contracts/chaos/service-tracks.ts';
import { callerLeft } from '../router/caller-left.ts';

/** As a probe that is pending has failed after this. */
const hangsAfterMs = 1_000;

interface OpenRequest {
  sinceMs: number;
  delayedByMs: number;
}

/** Counts what one track answers, and what it does not. */
export class Tally {
  #requests = 0;
  #failed = 0;
  readonly #took = { sum: 0, squares: 0 };
  readonly #slower: number[];
  readonly #boundsMs: readonly number[];
  readonly #open = new Set<OpenRequest>();

  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs;
    this.#slower = boundsMs.map(() => 0);
  }

  /** A request that has come, and that a fault delays. Returns what counts it once its response has ended. */
  begin(delayedByMs = 0): (code: number, tookMs: number) => void {
    const request = { sinceMs: performance.now(), delayedByMs };
    this.#open.add(request);
    return (code, tookMs) => {
      if (this.#open.delete(request)) this.#count(code, tookMs);
    };
  }

  /** A request that the track could not have answered. */
  countLost(): void {
    this.#count(503, 0);
  }

  read(): TrackTally {
    const nowMs = performance.now();
    const open = [...this.#open].map(({ sinceMs, delayedByMs }) => ({
      forMs: nowMs - sinceMs,
      delayedByMs,
    }));
    const openLonger = this.#boundsMs.map(
      (boundMs) => open.filter(({ forMs }) => forMs > boundMs).length,
    );
    return {
      ...{ requests: this.#requests, failed: this.#failed, took: { ...this.#took }, openLonger },
      slower: this.#slower.map((count, index) => count + (openLonger[index] ?? 0)),
      hanging: open.filter(({ forMs, delayedByMs }) => forMs > delayedByMs + hangsAfterMs).length,
    };
  }

  #count(code: number, tookMs: number): void {
    this.#requests += 1;
    this.#took.sum += tookMs;
    this.#took.squares += tookMs ** 2;
    // What callers call no answer: the server failed, or they did not wait for it.
    if (code >= callerLeft) this.#failed += 1;
    this.#boundsMs.forEach((boundMs, index) => {
      if (tookMs > boundMs) this.#slower[index] = (this.#slower[index] ?? 0) + 1;
    });
  }
}

export function openTallies(boundsMs: readonly number[]): Record<'control' | 'experiment', Tally> {
  return { control: new Tally(boundsMs), experiment: new Tally(boundsMs) };
}
