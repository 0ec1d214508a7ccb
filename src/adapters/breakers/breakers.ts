import type { BreakerReport, Guard } from '../../contracts/kernel/breakers.ts';
import { Breaker, type BreakerChange, type BreakerSettings } from './breaker.ts';

/** Specs may name any number of sources, and each breaker costs some series. */
const mostKept = 100;

/** The breakers of one process, one for each dependency, created when it is first called. */
export class Breakers {
  readonly #settings: BreakerSettings;
  readonly #changed: ((change: BreakerChange) => void) | undefined;
  /** The one used last comes last. */
  readonly #breakers = new Map<string, Breaker>();

  constructor(settings: BreakerSettings, changed?: (change: BreakerChange) => void) {
    this.#settings = settings;
    this.#changed = changed;
  }

  guard(dependency: string): Guard {
    return (call, judge) => this.#of(dependency).run(call, judge);
  }

  /** By name. */
  reports(): BreakerReport[] {
    return [...this.#breakers.values()]
      .map((breaker) => breaker.report())
      .sort((a, b) => a.dependency.localeCompare(b.dependency));
  }

  reset(): void {
    for (const breaker of this.#breakers.values()) breaker.reset();
  }

  #of(dependency: string): Breaker {
    const known = this.#breakers.get(dependency);
    const breaker = known ?? new Breaker(dependency, this.#settings, this.#changed);
    this.#breakers.delete(dependency);
    this.#breakers.set(dependency, breaker);
    if (this.#breakers.size > mostKept) this.#forgetOldest();
    return breaker;
  }

  #forgetOldest(): void {
    const [oldest] = this.#breakers.keys();
    if (oldest !== undefined) this.#breakers.delete(oldest);
  }
}
