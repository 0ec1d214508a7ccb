import {
  clockEndsAt,
  resumeClock,
  startClock,
  stopClock,
  type HoldClock,
} from '../../../src/policies/rollouts/hold-clock.ts';

/** What people can do to the clock of a hold. */
export interface Pausable {
  pause(): void;
  resume(): void;
}

/** The clock of the open hold, by the server's time. The hold starts and removes it. */
export class PausableClock implements Pausable {
  #clock: HoldClock | undefined;

  /** Undefined while no hold is open. */
  get reading(): HoldClock | undefined {
    return this.#clock;
  }

  /** In milliseconds since the epoch; undefined while it is stopped. */
  get endsAtMs(): number | undefined {
    return this.#clock && clockEndsAt(this.#clock);
  }

  start(holdMs: number): void {
    this.#clock = startClock(holdMs, Date.now());
  }

  remove(): void {
    this.#clock = undefined;
  }

  pause(): void {
    if (this.#clock !== undefined) this.#clock = stopClock(this.#clock, Date.now());
  }

  resume(): void {
    if (this.#clock !== undefined) this.#clock = resumeClock(this.#clock, Date.now());
  }
}
