import type { IndicatorReaders } from '../../../src/contracts/objectives/indicator-readers.ts';
import { minuteMs, minuteOf, type Minute } from '../../../src/contracts/objectives/minute.ts';
import type { HttpProbe, Objective, TcpProbe } from '../../../src/specs/objectives/objective.ts';

interface ProbeSurroundings {
  readers: Pick<IndicatorReaders, 'probe'>;
  now(): number;
  sleep(ms: number): Promise<void>;
  signal: AbortSignal;
}

export function isProbe(
  objective: Objective,
): objective is Objective & { source: HttpProbe | TcpProbe } {
  const { of } = objective.source;
  return of === 'http' || of === 'tcp';
}

/** Answers of a probe by minute. */
export type ProbeCounts = Map<number, { good: number; bad: number }>;

/** Sends the requests of one probe at its interval, and counts them by minute. */
export class ProbeLoop {
  readonly #objective: Objective;
  readonly #source: HttpProbe | TcpProbe;
  readonly #surroundings: ProbeSurroundings;
  readonly #counts: ProbeCounts;
  #isStopped = false;
  /** The minute of the request that has not been answered yet. */
  #openMinute: number | undefined;

  /** `counts`: of minutes that nobody has taken yet. */
  constructor(
    objective: Objective & { source: HttpProbe | TcpProbe },
    surroundings: ProbeSurroundings,
    counts: ProbeCounts = new Map(),
  ) {
    const { source } = objective;
    this.#counts = counts;
    this.#objective = objective;
    this.#source = source;
    this.#surroundings = surroundings;
  }

  /** Until it is stopped, or the attempt is cancelled. */
  async run(): Promise<void> {
    const { readers, now, sleep, signal } = this.#surroundings;
    const { everyMs } = this.#source;
    const isCancelled = () => signal.aborted;
    while (!this.#isStopped && !isCancelled()) {
      const sentAtMs = now();
      const atMs = minuteOf(sentAtMs);
      this.#openMinute = atMs;
      const isGood = await readers.probe(this.#source, this.#objective.belowMs, signal);
      this.#openMinute = undefined;
      // One that was cancelled says nothing of the service.
      if (isCancelled()) return;
      const { good, bad } = this.#counts.get(atMs) ?? { good: 0, bad: 0 };
      this.#counts.set(atMs, isGood ? { good: good + 1, bad } : { good, bad: bad + 1 });
      await sleep(Math.max(0, sentAtMs + everyMs - now()));
    }
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** The minutes that were over at this time: once, and again with the answer that one still waits for. */
  takeBefore(untilMs: number): Minute[] {
    const over = [...this.#counts].filter(([atMs]) => atMs + minuteMs <= untilMs);
    return over.map(([atMs, { good, bad }]) => {
      if (atMs !== this.#openMinute) this.#counts.delete(atMs);
      const coverageMs = Math.min(minuteMs, (good + bad) * this.#source.everyMs);
      return { atMs, good, bad, coverageMs, quality: 'counted', version: 1 };
    });
  }
}
