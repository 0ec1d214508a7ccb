import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, type ProcessExit } from '../processes/spawn-logged.ts';

/** Something that runs until it is stopped, or dies. */
export interface RunningPart {
  exited: Promise<ProcessExit>;
  stop(): Promise<void>;
}

export interface Part<T extends RunningPart> {
  name: string;
  /** May give up early, by throwing, once the signal is aborted. */
  start: (signal: AbortSignal) => Promise<T>;
}

export interface Backoff {
  firstMs: number;
  maxMs: number;
  /** A part that lived this long starts again with the first wait. */
  healthyAfterMs: number;
}

export interface Supervised<T extends RunningPart> {
  /** The part as it was started first. */
  first: T;
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  log: (line: string) => void;
  /** Gives up the first start; from then on `stop` does. */
  signal: AbortSignal;
  backoff?: Backoff;
}

const patient: Backoff = { firstMs: 500, maxMs: 30_000, healthyAfterMs: 60_000 };

/** Starts a part, which may fail, and from then on starts it again whenever it dies. */
export async function supervise<T extends RunningPart>(
  part: Part<T>,
  { log, signal, backoff = patient }: SuperviseOptions,
): Promise<Supervised<T>> {
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const first = await part.start(signal);
  let running: T | undefined = first;

  /** Returns when the part is gone, with how long to wait before it is started again. */
  const untilGone = async (waitMs: number): Promise<number> => {
    if (!running) return waitMs;
    const since = performance.now();
    const exit = await running.exited;
    if (isStopping()) return 0;
    running = undefined;
    const nextMs = performance.now() - since < backoff.healthyAfterMs ? waitMs : backoff.firstMs;
    log(`the ${part.name} exited (${describeExit(exit)}); restarting it in ${nextMs / 1000} s`);
    return nextMs;
  };
  const startAgain = async () => {
    try {
      running = await part.start(stopping.signal);
      log(`the ${part.name} is back`);
    } catch (error) {
      if (isStopping()) return;
      const why = error instanceof Error ? error.message : String(error);
      log(`the ${part.name} did not start again, the next try follows: ${why}`);
    }
  };
  const keepAlive = async () => {
    let waitMs = backoff.firstMs;
    for (;;) {
      waitMs = await untilGone(waitMs);
      await sleep(waitMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (isStopping()) return;
      await startAgain();
      waitMs = Math.min(2 * waitMs, backoff.maxMs);
    }
  };
  const kept = keepAlive();

  return {
    first,
    stop: async () => {
      stopping.abort();
      await running?.stop();
      // A start that was under way may have brought up one more.
      await kept;
      await running?.stop();
    },
  };
}
