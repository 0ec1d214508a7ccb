/** What stands for all values past the cap. */
export const otherValue = 'other';

/**
 * Lets so many different values through and calls the rest `other`, so that a label's series stay
 * bounded. Those that came first keep their names for the life of the process.
 */
export class LabelCap {
  readonly #limit: number;
  readonly #known = new Set<string>();

  constructor(limit: number) {
    if (!Number.isSafeInteger(limit) || limit < 1) {
      throw new RangeError(`a cap of ${limit} values: it must be a whole number of at least 1`);
    }
    this.#limit = limit;
  }

  admits(value: string): boolean {
    if (this.#known.size < this.#limit) this.#known.add(value);
    return this.#known.has(value);
  }
}
