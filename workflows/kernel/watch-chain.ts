import { CancellationScope, isCancellation, patched, sleep } from '@temporalio/workflow';
import { shortWatchMs, watchPauseMs } from '../../src/policies/kernel/watch-spacing.ts';

/**
 * While a person is waited for, one watch runs this long before the next takes over. Each carries
 * what was measured into the history twice, so they are few.
 */
const openEndedMs = 24 * 60 * 60_000;
/** Hosts of the server may differ by this much: one scheduled the watch, another reports its end. */
const clockToleranceMs = 5_000;

/** `endedAtMs` is by the server's clock; one that was planned to end now ends as planned. */
export type Ended<Outcome> = Outcome & { endedAtMs: number };

/** What is watched. */
export interface Watched<Outcome> {
  /** Watches until then. `isOpenEnded`: nobody knows yet when the watching ends, and another watch follows. */
  watch(untilMs: number, isOpenEnded: boolean): Promise<Outcome>;
  /** What it means that a watch failed. */
  lost(error: unknown): Outcome;
}

interface RunningWatch<Outcome> {
  startedAtMs: number;
  endsAtMs: number;
  scope: CancellationScope;
  outcome?: Outcome;
}

/**
 * Keeps one watch running, an activity, until its end is decided. Watches follow each other; those
 * that end immediately are spaced, so that they never fill the history.
 */
export class WatchChain<Outcome extends object> {
  readonly #watched: Watched<Outcome>;
  #current: RunningWatch<Outcome> | undefined;
  #shortInARow = 0;

  constructor(watched: Watched<Outcome>) {
    this.#watched = watched;
  }

  /** Watches until then, or until a person decides if no end is given. */
  watchUntil(endsAtMs: number | undefined): void {
    if (this.#current !== undefined && this.#current.endsAtMs <= (endsAtMs ?? Infinity)) return;
    this.stop();
    const current: RunningWatch<Outcome> = {
      startedAtMs: Date.now(),
      endsAtMs: endsAtMs ?? Date.now() + openEndedMs,
      scope: new CancellationScope(),
    };
    this.#current = current;
    void current.scope
      .run(async () => {
        const untilEndMs = current.endsAtMs - Date.now();
        const pauseMs = Math.min(watchPauseMs(this.#shortInARow), untilEndMs);
        if (pauseMs > 0 && patched('watches-are-spaced')) {
          await sleep(pauseMs, { summary: 'earlier watches ended immediately' });
          current.startedAtMs = Date.now();
        }
        return this.#watched.watch(current.endsAtMs, endsAtMs === undefined);
      })
      .then(
        (outcome) => {
          current.outcome = outcome;
        },
        (error: unknown) => {
          if (!isCancellation(error)) current.outcome = this.#watched.lost(error);
        },
      );
  }

  /** The outcome of the watch that ended, once. */
  takeOutcome(): Ended<Outcome> | undefined {
    if (this.#current?.outcome === undefined) return undefined;
    const { startedAtMs, endsAtMs, outcome } = this.#current;
    const nowMs = Date.now();
    const isShort = nowMs < endsAtMs && nowMs - startedAtMs < shortWatchMs;
    this.#shortInARow = isShort ? this.#shortInARow + 1 : 0;
    this.#current = undefined;
    return { ...outcome, endedAtMs: endOf(endsAtMs) };
  }

  hasOutcome(): boolean {
    return this.#current?.outcome !== undefined;
  }

  stop(): void {
    this.#current?.scope.cancel();
    this.#current = undefined;
  }
}

function endOf(plannedMs: number): number {
  const nowMs = Date.now();
  if (nowMs + clockToleranceMs >= plannedMs) return plannedMs;
  return patched('holds-end-by-the-servers-clock') ? nowMs : plannedMs;
}
