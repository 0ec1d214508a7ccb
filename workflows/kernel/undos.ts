import { CancellationScope } from '@temporalio/workflow';
import type { UndoStatus } from '../../src/contracts/kernel/run.ts';
import { reasonOf } from './reason-of.ts';

export type UndoAct = (...args: never[]) => Promise<void>;

/** How each undo of a family is carried out, by its act. Each must be idempotent. */
export type UndoTable = Readonly<Record<string, UndoAct>>;

/** An undo as data: it can be shown, and continues as new with its run. */
export interface ArmedUndo extends UndoStatus {
  act: string;
  args: readonly unknown[];
  /** Runs only when all others are done: afterwards nobody can find what is left here. */
  isLast?: true;
  /** Runs after all others, whatever became of them. */
  isFinal?: true;
}

/**
 * The undos of a run's acts. Each is armed before its act. They run in reverse order, shielded
 * from cancellation; one that fails does not prevent the others.
 */
export class Undos<T extends Readonly<Record<keyof T, UndoAct>> = UndoTable> {
  readonly #armed: ArmedUndo[];

  constructor(armed: readonly ArmedUndo[] = []) {
    this.#armed = [...armed];
  }

  arm<A extends keyof T & string>(name: string, act: A, ...args: Parameters<T[A]>): void {
    this.#armed.push({ name, act, args, state: 'armed' });
  }

  /** For what must come after all others, whenever they were armed. */
  armLast<A extends keyof T & string>(name: string, act: A, ...args: Parameters<T[A]>): void {
    const place = this.#armed.filter(({ isFinal }) => isFinal).length;
    this.#armed.splice(place, 0, { name, act, args, state: 'armed', isLast: true });
  }

  /** For what comes after all others, also after the last, and is right whatever became of them. */
  armFinally<A extends keyof T & string>(name: string, act: A, ...args: Parameters<T[A]>): void {
    this.#armed.unshift({ name, act, args, state: 'armed', isFinal: true });
  }

  /** In the order in which they would run. */
  list(): UndoStatus[] {
    return this.#armed
      .map(({ name, state, error }) => ({ name, state, ...(error !== undefined && { error }) }))
      .reverse();
  }

  /** What a run that continues as new takes with it. */
  toData(): ArmedUndo[] {
    return this.#armed.map((undo) => ({ ...undo }));
  }

  isEmpty(): boolean {
    return this.#armed.length === 0;
  }

  /** The acts are final: nothing is left to undo, or nothing of the one that is named. */
  disarm(name?: string): void {
    const left = name === undefined ? [] : this.#armed.filter((undo) => undo.name !== name);
    this.#armed.splice(0, this.#armed.length, ...left);
  }

  /** Runs all that are not done yet, and reports after each. Returns whether all are done. */
  async run(table: UndoTable, changed: () => void): Promise<boolean> {
    return CancellationScope.nonCancellable(async () => {
      for (const undo of this.#armed.toReversed()) {
        if (undo.state === 'done') continue;
        if (undo.isLast && !this.#isDoneBut(undo)) continue;
        try {
          await carryOut(undo, table);
          undo.state = 'done';
          delete undo.error;
        } catch (error) {
          undo.state = 'failed';
          undo.error = reasonOf(error);
        }
        changed();
      }
      return this.#armed.every(({ state }) => state === 'done');
    });
  }

  #isDoneBut(last: ArmedUndo): boolean {
    const others = this.#armed.filter((other) => other !== last && other.isFinal !== true);
    return others.every(({ state }) => state === 'done');
  }
}

async function carryOut({ act, args }: ArmedUndo, table: UndoTable): Promise<void> {
  const undo = table[act] as ((...args: readonly unknown[]) => Promise<void>) | undefined;
  if (undo === undefined) throw new Error(`This version of Belay has no undo named ${act}`);
  await undo(...args);
}
