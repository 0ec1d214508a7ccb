import { setTimeout as sleep } from 'node:timers/promises';
import { describeExit, type ProcessExit } from '../processes/spawn-logged.ts';

/** A process that runs until it is stopped or dies. */
export interface RunningPart {
  exited: Promise<ProcessExit>;
  stop(): Promise<void>;
}

export interface Part<T extends RunningPart> {
  name: string;
  /** May stop early by throwing when the signal is aborted. */
  start: (signal: AbortSignal) => Promise<T>;
}

export interface Backoff {
  firstMs: number;
  maxMs: number;
  /** After a run of this length, the waiting time starts from its first value again. */
  healthyAfterMs: number;
}

export interface Supervised<T extends RunningPart> {
  /** The part as it was first started. */
  first: T;
  stop(): Promise<void>;
}

export interface SuperviseOptions {
  log: (line: string) => void;
  /** Cancels the first start; after it, use `stop`. */
  signal: AbortSignal;
  backoff?: Backoff;
}

const patient: Backoff = { firstMs: 500, maxMs: 30_000, healthyAfterMs: 60_000 };

/** Starts a part, which may fail, and restarts it whenever it dies. */
export async function supervise<T extends RunningPart>(
  part: Part<T>,
  { log, signal, backoff = patient }: SuperviseOptions,
): Promise<Supervised<T>> {
  const stopping = new AbortController();
  const isStopping = () => stopping.signal.aborted;
  const first = await part.start(signal);
  let running: T | undefined = first;

  /** Returns when the part has exited, with the time to wait before the restart. */
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
      log(`the ${part.name} is running again`);
    } catch (error) {
      if (isStopping()) return;
      const why = error instanceof Error ? error.message : String(error);
      log(`the ${part.name} could not be restarted, trying again: ${why}`);
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
      // A start that was in progress may have started another one.
      await kept;
      await running?.stop();
    },
  };
}
