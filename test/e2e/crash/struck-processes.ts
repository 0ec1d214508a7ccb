import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { passedFile, reachedFile, release, type Trap } from './failpoints.ts';
import type { RestartedProcess } from './restarted-process.ts';
import { watchEnd } from './run-story.ts';
import type { World } from './world.ts';

/** The Temporal server is killed at a place of another process, which waits there. */
export interface ProcessStrike<Stage extends string> {
  victim: Stage | 'temporal';
  /** Whose place it is. */
  stage: Stage;
  place: string;
}

export interface StruckProcess {
  process: RestartedProcess;
  trapFile: string;
}

const awayMs = 500;

/** The processes of one trial, each with a trap of its own. */
export class StruckProcesses<Stage extends string> {
  readonly #world: World;
  readonly #folder: string;
  readonly #processes: ReadonlyMap<Stage, StruckProcess>;

  /** In `folder` is left what was passed. */
  constructor(world: World, folder: string, processes: ReadonlyMap<Stage, StruckProcess>) {
    this.#world = world;
    this.#folder = folder;
    this.#processes = processes;
  }

  /** Nobody is struck; what is passed is listed. */
  async listPlaces(): Promise<void> {
    for (const stage of this.#processes.keys()) await this.#setTrap(stage);
  }

  /**
   * One strike after the other for each process, in the order in which it passes their places: the next trap is
   * there before the process goes on. `start` begins what is struck. Returns those whose places were reached.
   */
  async strike<Strike extends ProcessStrike<Stage>, Begun extends { story: Promise<unknown> }>(
    strikes: readonly Strike[],
    start: () => Promise<Begun>,
  ): Promise<Begun & { reached: Strike[] }> {
    const stages = [...new Set(strikes.map(({ stage }) => stage))];
    const chains = stages.map((stage) => strikes.filter((one) => one.stage === stage));
    for (const [first] of chains) if (first) await this.#setTrap(first.stage, first);
    const begun = await start();
    const hasEnded = watchEnd(begun.story);
    const reached = await Promise.all(chains.map((chain) => this.#strikeInTurn(chain, hasEnded)));
    return { ...begun, reached: reached.flat() };
  }

  /** Until the last place is reached and what was struck is there again, or the story has ended. */
  async #strikeInTurn<Strike extends ProcessStrike<Stage>>(
    chain: readonly Strike[],
    hasEnded: () => boolean,
  ): Promise<Strike[]> {
    const reached: Strike[] = [];
    for (const [index, strike] of chain.entries()) {
      const { victim, stage } = strike;
      const folder = this.#folderOf(stage);
      const isReached = () => existsSync(reachedFile(folder));
      while (!isReached() && !hasEnded()) await sleep(20);
      if (!isReached()) return reached;
      reached.push(strike);
      const next = chain[index + 1];
      if (victim === 'temporal') {
        await this.#world.kill('temporal');
        await sleep(awayMs);
        await this.#world.bringBack('temporal');
      }
      const struck = victim === 'temporal' ? undefined : this.#processes.get(victim)?.process;
      await struck?.untilDead();
      if (next) await this.#setTrap(stage, next);
      await struck?.start();
      await release(folder, strike.place);
    }
    return reached;
  }

  async #setTrap(stage: Stage, strike?: ProcessStrike<Stage>): Promise<void> {
    const folder = this.#folderOf(stage);
    await mkdir(folder, { recursive: true });
    await rm(reachedFile(folder), { force: true });
    const trap: Trap = {
      folder,
      ...(strike && { place: strike.place }),
      then: strike?.victim === stage ? 'die' : 'halt',
    };
    const file = this.#processes.get(stage)?.trapFile;
    if (file === undefined) return;
    // Whoever reads it meanwhile reads all of it.
    await writeFile(`${file}.new`, JSON.stringify(trap));
    await rename(`${file}.new`, file);
  }

  /** All of them run again, and none is struck any more. */
  async clear(): Promise<void> {
    for (const [, { trapFile }] of this.#processes) await rm(trapFile, { force: true });
    for (const [, { process }] of this.#processes) {
      if (await process.isDead()) await process.start();
    }
  }

  /** Each place once, in order. */
  async passed(stage: Stage): Promise<string[]> {
    const text = await readFile(passedFile(this.#folderOf(stage)), 'utf8').catch(() => '');
    return [...new Set(text.split('\n').filter((line) => line !== ''))];
  }

  #folderOf(stage: Stage): string {
    return join(this.#folder, stage);
  }
}

/** What is looked at again and again: the third look is as the second. */
export function withoutRepeats(places: readonly string[], polled: RegExp): string[] {
  return places.filter((place) => !polled.test(place) || Number(/#(\d+)/.exec(place)?.[1]) <= 2);
}
