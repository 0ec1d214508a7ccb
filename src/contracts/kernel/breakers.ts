/** How a call ended. */
export type Outcome<T> = { value: T } | { error: unknown };

/**
 * What an outcome says of the dependency: it is well if it answered, whatever the answer was;
 * `unwell` says in words without secrets how it failed; `neither` where it had no say, as in a
 * call that was called off.
 */
export type Sign = 'well' | 'neither' | { unwell: string };

export type Judge<T> = (outcome: Outcome<T>) => Sign;

/** Makes one call of a dependency, or throws BreakerOpen at once where it is to be left alone. */
export type Guard = <T>(call: () => Promise<T>, judge: Judge<T>) => Promise<T>;

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
