import { CancellationScope, patched } from '@temporalio/workflow';
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
  /** Runs at the same time as those of the same act that were armed next to it. */
  isBeside?: true;
}

/**
 * The undos of a run's acts. Each is armed before its act. They run in reverse order, shielded
 * from cancellation; one that fails does not prevent the others. Those that are independent of each
 * other may be armed to run at the same time.
 */
export class Undos<T extends Readonly<Record<keyof T, UndoAct>> = UndoTable> {
  readonly #armed: ArmedUndo[];

  constructor(armed: readonly ArmedUndo[] = []) {
    this.#armed = [...armed];
  }

  arm<A extends keyof T & string>(name: string, act: A, ...args: Parameters<T[A]>): void {
    this.#armed.push({ name, act, args, state: 'armed' });
  }

  /** For acts that were done to several things alike: none waits until another is undone. */
  armBeside<A extends keyof T & string>(name: string, act: A, ...args: Parameters<T[A]>): void {
    this.#armed.push({ name, act, args, state: 'armed', isBeside: true });
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
    const attempt = async (undo: ArmedUndo) => {
      if (undo.isLast && !this.#isDoneBut(undo)) return;
      try {
        await carryOut(undo, table);
        undo.state = 'done';
        delete undo.error;
      } catch (error) {
        undo.state = 'failed';
        undo.error = reasonOf(error);
      }
      changed();
    };
    return CancellationScope.nonCancellable(async () => {
      for (const beside of this.#inTurn()) {
        if (beside.length > 1 && patched('undos-beside-each-other')) {
          await Promise.all(beside.map(attempt));
        } else {
          for (const undo of beside) await attempt(undo);
        }
      }
      return this.#armed.every(({ state }) => state === 'done');
    });
  }

  /** What is not done yet, in the order in which it runs; together: what runs at the same time. */
  #inTurn(): ArmedUndo[][] {
    const turns: ArmedUndo[][] = [];
    for (const undo of this.#armed.toReversed()) {
      if (undo.state === 'done') continue;
      const latest = turns.at(-1);
      const [before] = latest ?? [];
      const isBeside = undo.isBeside && before?.isBeside && before.act === undo.act;
      if (isBeside) latest?.push(undo);
      else turns.push([undo]);
    }
    return turns;
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
