import { setTimeout as sleep } from 'node:timers/promises';
import { AgentError } from '../../../contracts/kernel/agent-host.ts';
import type { RouteFacts } from '../../../contracts/recovery/routes.ts';
import { isAlive, stopProcess } from '../../../processes/identity.ts';
import {
  leftOf,
  newPause,
  readKeepers,
  readPause,
  removeKeeper,
  removePause,
  writePause,
  type LeasedPause,
} from './pause-files.ts';
import { untilNextTry } from './try-again.ts';

export interface LeasedPausesOptions {
  folder: string;
  /** Lets clients go on; where they do not wait, it changes nothing. */
  resume(): Promise<unknown>;
  /** Clients that still wait are somebody else's from here on. */
  giveUp(): Promise<unknown>;
  /** Starts a process that outlives the agent and does the same once the pause is over. */
  startKeeper(id: string): Promise<void>;
  onError(message: string, error: unknown): void;
}

interface Held {
  id: string;
  forMs: number;
}

const keptWithinMs = 20_000;
const pollMs = 25;
/** The keeper comes first. */
const keeperFirstMs = 500;

/** The pauses of one router, one act at a time. Each ends by itself: by its keeper, or by the agent. */
export class LeasedPauses {
  readonly #options: LeasedPausesOptions;
  #turn: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #failed = { times: 0, sinceMs: 0 };

  constructor(options: LeasedPausesOptions) {
    this.#options = options;
  }

  /** An earlier pause cannot end this one: whoever would let its clients go on is stopped first. */
  hold(held: Held | undefined, work: () => Promise<RouteFacts>): Promise<RouteFacts> {
    return this.#inTurn(async () => {
      if (held === undefined) {
        await this.#forget();
        return work();
      }
      const { folder } = this.#options;
      await this.#stopKeepers((id) => id !== held.id);
      const pause = newPause(held.id, held.forMs);
      await writePause(folder, pause);
      await this.#ensureKept(held.id);
      requireTime(pause);
      this.#watch(pause);
      const facts = await work();
      return { ...facts, heldUntilMs: Date.now() + leftOf(pause) };
    });
  }

  /** Clients go on, or are led elsewhere, by the work. */
  release(work: () => Promise<RouteFacts>): Promise<RouteFacts> {
    return this.#inTurn(async () => {
      const facts = await work();
      await this.#forget();
      return facts;
    });
  }

  /** What an earlier agent has left. Acts that come meanwhile wait for it. */
  takeUp(): void {
    const { folder, onError } = this.#options;
    const taken = this.#inTurn(async () => {
      const pause = await readPause(folder);
      if (pause === undefined) return;
      this.#watch(pause);
      if (leftOf(pause) > 0) await this.#ensureKept(pause.id);
    });
    taken.catch((error: unknown) => {
      onError('a pause that an earlier agent has left', error);
    });
  }

  async #ensureKept(id: string): Promise<void> {
    const deadline = performance.now() + keptWithinMs;
    if (await this.#isKept(id)) return;
    await this.#options.startKeeper(id);
    while (!(await this.#isKept(id))) {
      // Its time was over when it started: it has ended the pause, and is gone.
      if ((await readPause(this.#options.folder))?.id !== id) return;
      if (performance.now() > deadline) {
        throw new AgentError(
          'unfinished',
          `the process that ends a pause did not start within ${keptWithinMs} ms: see keeper.log in ${this.#options.folder}`,
        );
      }
      await sleep(pollMs);
    }
  }

  async #isKept(id: string): Promise<boolean> {
    const keepers = await readKeepers(this.#options.folder);
    const own = keepers.filter((kept) => kept.id === id);
    return (await Promise.all(own.map(({ keeper }) => isAlive(keeper)))).includes(true);
  }

  async #stopKeepers(isMeant: (id: string) => boolean): Promise<void> {
    const { folder } = this.#options;
    for (const kept of await readKeepers(folder)) {
      if (!isMeant(kept.id)) continue;
      await stopProcess(kept.keeper, { graceMs: 0 });
      await removeKeeper(folder, kept);
    }
  }

  async #forget(): Promise<void> {
    clearTimeout(this.#timer);
    await removePause(this.#options.folder);
    await this.#stopKeepers(() => true);
  }

  /** For where its keeper was killed, or is frozen. */
  #watch(pause: LeasedPause): void {
    this.#failed = { times: 0, sinceMs: 0 };
    this.#expireAfter(pause, leftOf(pause) + keeperFirstMs);
  }

  #expireAfter(pause: LeasedPause, afterMs: number): void {
    clearTimeout(this.#timer);
    const work = () => this.#inTurn(() => this.#expire(pause.id));
    const onFailure = (error: unknown) => this.#tryAgain(pause, error);
    this.#timer = setTimeout(() => void work().catch(onFailure), Math.max(0, afterMs));
    this.#timer.unref();
  }

  #tryAgain(pause: LeasedPause, error: unknown): void {
    this.#options.onError('the clients of a router whose pause is over still wait', error);
    if (this.#failed.times === 0) this.#failed.sinceMs = performance.now();
    this.#failed.times += 1;
    const { times, sinceMs } = this.#failed;
    const againMs = untilNextTry({ times, forMs: performance.now() - sinceMs });
    if (againMs !== undefined) {
      this.#expireAfter(pause, againMs);
      return;
    }
    this.#inTurn(() => this.#giveUp(pause.id)).catch((failure: unknown) => {
      this.#options.onError('a pause that is given up', failure);
    });
  }

  async #giveUp(id: string): Promise<void> {
    const pause = await readPause(this.#options.folder);
    if (pause?.id !== id) return;
    await this.#options.giveUp();
    await this.#forget();
  }

  async #expire(id: string): Promise<void> {
    const pause = await readPause(this.#options.folder);
    if (pause?.id !== id) return;
    if (leftOf(pause) > 0) {
      this.#watch(pause);
      return;
    }
    await this.#options.resume();
    await this.#forget();
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const begun = this.#turn.then(work);
    this.#turn = begun.catch(() => undefined);
    return begun;
  }
}

/** A keeper that was slow to start has ended it already, and would not end it again. */
function requireTime(pause: LeasedPause): void {
  if (leftOf(pause) > 0) return;
  throw new AgentError('unfinished', 'the time of the pause was over before it had begun');
}
