/** How a call ended. */
export type CallResult<T> = { value: T } | { error: unknown };

/**
 * What the result of a call says about the dependency: `ok` when it answered, whatever the answer;
 * `failed` with a description that contains no secrets; `ignored` when the call says nothing about
 * it, such as a canceled call.
 */
export type CallHealth = 'ok' | 'ignored' | { failed: string };

export type ClassifyCall<T> = (outcome: CallResult<T>) => CallHealth;

/** Makes one call of a dependency, or throws BreakerOpen at once where it is to be left alone. */
export type Guard = <T>(call: () => Promise<T>, judge: ClassifyCall<T>) => Promise<T>;

/** The guard of one dependency by its name. */
export type GuardOf = (dependency: string) => Guard;

/** `open`: not asked; `half-open`: a few calls show whether it is back. */
export type BreakerState = 'closed' | 'open' | 'half-open';

export interface BreakerReport {
  dependency: string;
  state: BreakerState;
  /** How long it has been in this state, in milliseconds. */
  forMs: number;
  /** Calls since the process started, by what became of them. */
  successes: number;
  failures: number;
  rejected: number;
  /** How often it has opened. */
  opened: number;
  /** While it is open: milliseconds until the next call is let through. */
  retryInMs?: number;
  lastFailure?: { reason: string; agoMs: number };
}
