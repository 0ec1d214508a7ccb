import type { IBreaker } from 'cockatiel';

/**
 * Opens after this many failures in a row. Once it has opened, a single failure opens it again until
 * enough calls have succeeded; cockatiel itself would close after the first.
 */
export class ConsecutiveFailures implements IBreaker {
  /** `trial`: the successes that are still needed before the dependency counts as healthy. */
  state = { failures: 0, trial: 0 };
  readonly #limits: { failures: number; successes: number };

  constructor(limits: { failures: number; successes: number }) {
    this.#limits = limits;
  }

  get isOnTrial(): boolean {
    return this.state.trial > 0;
  }

  success(): void {
    this.state = { failures: 0, trial: Math.max(0, this.state.trial - 1) };
  }

  failure(): boolean {
    const failures = this.state.failures + 1;
    const opens = this.isOnTrial || failures >= this.#limits.failures;
    this.state = { failures, trial: opens ? this.#limits.successes : 0 };
    return opens;
  }

  reset(): void {
    this.state = { failures: 0, trial: 0 };
  }
}
