import type { TrackTally } from '../../contracts/chaos/service-tracks.ts';

/** What callers call no answer: the server failed, or they did not wait for it. */
const callerLeft = 499;

/** Counts what one track answers. */
export class Tally {
  #requests = 0;
  #failed = 0;
  readonly #slower: number[];
  readonly #boundsMs: readonly number[];

  constructor(boundsMs: readonly number[]) {
    this.#boundsMs = boundsMs;
    this.#slower = boundsMs.map(() => 0);
  }

  count(code: number, tookMs: number): void {
    this.#requests += 1;
    if (code >= callerLeft) this.#failed += 1;
    this.#boundsMs.forEach((boundMs, index) => {
      if (tookMs > boundMs) this.#slower[index] = (this.#slower[index] ?? 0) + 1;
    });
  }

  read(): TrackTally {
    return { requests: this.#requests, failed: this.#failed, slower: [...this.#slower] };
  }
}

export function openTallies(boundsMs: readonly number[]): Record<'control' | 'experiment', Tally> {
  return { control: new Tally(boundsMs), experiment: new Tally(boundsMs) };
}
