import { CancellationScope, rootCause } from '@temporalio/workflow';

export interface Compensation {
  name: string;
  state: 'armed' | 'done' | 'failed';
  error?: string;
}

interface Armed extends Compensation {
  undo: () => Promise<unknown>;
  isLast: boolean;
}

/**
 * The undos of a rollout's acts. Each is armed before its act and must be idempotent. They run in
 * reverse order, shielded from cancellation; one that fails does not prevent the others.
 */
export class Compensations {
  private readonly armed: Armed[] = [];

  add(name: string, undo: () => Promise<unknown>): void {
    this.armed.push({ name, state: 'armed', undo, isLast: false });
  }

  /** Runs only when all others are done: afterwards nobody can find what is left here. */
  addLast(name: string, undo: () => Promise<unknown>): void {
    this.armed.unshift({ name, state: 'armed', undo, isLast: true });
  }

  /** In the order in which they would run. */
  list(): Compensation[] {
    return this.armed
      .map(({ name, state, error }) => ({ name, state, ...(error !== undefined && { error }) }))
      .reverse();
  }

  isEmpty(): boolean {
    return this.armed.length === 0;
  }

  /** The acts are final: nothing is left to undo. */
  disarm(): void {
    this.armed.length = 0;
  }

  /**
   * Runs all that are not done yet, and reports after each. Returns whether all are done.
   */
  async run(changed: () => void): Promise<boolean> {
    return CancellationScope.nonCancellable(async () => {
      for (const compensation of this.armed.toReversed()) {
        if (compensation.state === 'done') continue;
        if (compensation.isLast && !this.isDoneBut(compensation)) continue;
        try {
          await compensation.undo();
          compensation.state = 'done';
          delete compensation.error;
        } catch (error) {
          compensation.state = 'failed';
          compensation.error = rootCause(error) ?? String(error);
        }
        changed();
      }
      return this.armed.every(({ state }) => state === 'done');
    });
  }

  private isDoneBut(last: Armed): boolean {
    return this.armed.every((other) => other === last || other.state === 'done');
  }
}
