/** The story's side of a message: it takes out what a handler put in. */
export interface Incoming<T> {
  readonly value: T | undefined;
  /** The value, once. */
  take(): T | undefined;
}

/** Holds the last message of one sort. Handlers have the slot, and the story sees it as `Incoming`. */
export class Slot<T> implements Incoming<T> {
  #value: T | undefined;

  get value(): T | undefined {
    return this.#value;
  }

  put(value: T): void {
    this.#value = value;
  }

  take(): T | undefined {
    const value = this.#value;
    this.#value = undefined;
    return value;
  }
}
