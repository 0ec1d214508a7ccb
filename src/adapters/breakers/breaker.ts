import { BrokenCircuitError, circuitBreaker, CircuitState, handleWhenResult } from 'cockatiel';
import type {
  BreakerReport,
  BreakerState,
  ClassifyCall,
  CallResult,
  CallHealth,
} from '../../contracts/kernel/breakers.ts';
import { BreakerOpen } from './breaker-open.ts';
import { ConsecutiveFailures } from './consecutive-failures.ts';
import { OpenTime } from './open-time.ts';
import { bypassesBreaker } from './bypass-breaker.ts';

export interface BreakerSettings {
  /** Failures in a row after which it opens. */
  failures: number;
  /** The longest time that it stays open before a call is let through, in milliseconds. */
  openMs: number;
  /** Successes in a row after which it closes again. */
  successes: number;
}

export interface BreakerChange {
  dependency: string;
  state: BreakerState;
  reason?: string | undefined;
}

interface Judged<T> {
  outcome: CallResult<T>;
  sign: CallHealth;
}

/** Cockatiel counts what is returned, and ignores what is thrown. */
class Uncounted extends Error {}

const longestReason = 300;

/** Stops calls to a dependency that fails repeatedly, and notices when it is available again. */
export class Breaker {
  readonly #dependency: string;
  readonly #trial: ConsecutiveFailures;
  readonly #openTime: OpenTime;
  readonly #policy;
  readonly #counts = { successes: 0, failures: 0, rejected: 0, opened: 0 };
  readonly #changed: (change: BreakerChange) => void;
  #known: { state: BreakerState; sinceMs: number } = {
    state: 'closed',
    sinceMs: performance.now(),
  };
  #lastFailure: { reason: string; atMs: number } | undefined;
  /** Changes whenever the results of calls in progress are no longer relevant. */
  #era = 0;

  constructor(
    dependency: string,
    settings: BreakerSettings,
    changed: (change: BreakerChange) => void = () => {},
  ) {
    this.#dependency = dependency;
    this.#changed = changed;
    this.#trial = new ConsecutiveFailures(settings);
    this.#openTime = new OpenTime(settings.openMs);
    this.#policy = circuitBreaker(
      handleWhenResult((judged) => isFailed((judged as Judged<unknown>).sign)),
      { breaker: this.#trial, halfOpenAfter: this.#openTime },
    );
    this.#policy.onBreak((cause) => {
      this.#era += 1;
      if (!('isolated' in cause)) this.#counts.opened += 1;
    });
  }

  /** If it is open, throws BreakerOpen without a call, unless the call is urgent. */
  async run<T>(call: () => Promise<T>, judge: ClassifyCall<T>): Promise<T> {
    try {
      // Cockatiel would let this call wait for the trial call.
      if (this.#policy.state === CircuitState.HalfOpen) return await this.#leave(call, judge);
      const made = await this.#try(call, judge);
      return made === undefined ? await this.#leave(call, judge) : unwrap(made.outcome);
    } finally {
      this.#follow();
    }
  }

  report(): BreakerReport {
    this.#follow();
    const nowMs = performance.now();
    const { state, sinceMs } = this.#known;
    const last = this.#lastFailure;
    return {
      dependency: this.#dependency,
      state,
      forMs: Math.round(nowMs - sinceMs),
      ...this.#counts,
      ...(state === 'open' && { retryInMs: Math.round(this.#openTime.leftMs) }),
      ...(last && {
        lastFailure: { reason: last.reason, agoMs: Math.round(nowMs - last.atMs) },
      }),
    };
  }

  /** Closes it. The results of calls in progress are ignored. */
  reset(): void {
    this.#policy.isolate().dispose();
    this.#trial.reset();
    this.#openTime.end();
    this.#follow();
  }

  /** Makes an urgent call although it is open: if that succeeds, the next call is let through. */
  async #leave<T>(call: () => Promise<T>, judge: ClassifyCall<T>): Promise<T> {
    if (!bypassesBreaker()) {
      this.#counts.rejected += 1;
      throw new BreakerOpen(this.#dependency, this.#openTime.leftMs, this.#lastFailure?.reason);
    }
    const { outcome, sign } = await this.#make(call, judge);
    if (sign === 'ok') this.#openTime.end();
    return unwrap(outcome);
  }

  /** Undefined if no call was made. */
  async #try<T>(call: () => Promise<T>, judge: ClassifyCall<T>): Promise<Judged<T> | undefined> {
    const era = this.#era;
    let made: Judged<T> | undefined;
    try {
      await this.#policy.execute(async () => {
        made = await this.#make(call, judge);
        // A call from before the breaker opened shows nothing about the time after.
        if (made.sign === 'ignored' || era !== this.#era) throw new Uncounted();
        return made;
      });
    } catch (error) {
      if (!(error instanceof Uncounted || error instanceof BrokenCircuitError)) throw error;
    }
    return made;
  }

  async #make<T>(call: () => Promise<T>, judge: ClassifyCall<T>): Promise<Judged<T>> {
    const outcome = await settle(call);
    const sign = judge(outcome);
    if (sign === 'ok') this.#counts.successes += 1;
    if (isFailed(sign)) {
      this.#counts.failures += 1;
      const reason = sign.failed.replace(/\s+/g, ' ').slice(0, longestReason);
      this.#lastFailure = { reason, atMs: performance.now() };
    }
    return { outcome, sign };
  }

  /** It is open only while it rejects calls: once its time is over, the next call is a trial. */
  #state(): BreakerState {
    if (this.#policy.state === CircuitState.Closed) {
      return this.#trial.isOnTrial ? 'half-open' : 'closed';
    }
    const isOver = this.#policy.state === CircuitState.HalfOpen || this.#openTime.leftMs === 0;
    return isOver ? 'half-open' : 'open';
  }

  #follow(): void {
    const state = this.#state();
    if (state === this.#known.state) return;
    this.#known = { state, sinceMs: performance.now() };
    this.#changed({ dependency: this.#dependency, state, reason: this.#lastFailure?.reason });
  }
}

function isFailed(sign: CallHealth): sign is { failed: string } {
  return typeof sign === 'object';
}

async function settle<T>(call: () => Promise<T>): Promise<CallResult<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { error };
  }
}

function unwrap<T>(outcome: CallResult<T>): T {
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}
