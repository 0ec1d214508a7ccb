import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { passedFile, reachedFile, releasedFile, type Trap } from './failpoints.ts';
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

/** The processes of one trial, each with a trap of its own, of which at most one goes off. */
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

  async setTraps(strike: ProcessStrike<Stage> | undefined): Promise<void> {
    for (const [stage, { trapFile }] of this.#processes) {
      if (strike && strike.stage !== stage) continue;
      const folder = this.#folderOf(stage);
      await mkdir(folder, { recursive: true });
      const trap: Trap = {
        folder,
        ...(strike && { place: strike.place }),
        then: strike?.victim === stage ? 'die' : 'halt',
      };
      await writeFile(trapFile, JSON.stringify(trap));
    }
  }

  /** Until the place is reached and what was struck is there again. Returns whether it was reached before the story ended. */
  async strike({ victim, stage }: ProcessStrike<Stage>, story: Promise<unknown>): Promise<boolean> {
    const hasEnded = watchEnd(story);
    const folder = this.#folderOf(stage);
    const isReached = () => existsSync(reachedFile(folder));
    while (!isReached() && !hasEnded()) await sleep(20);
    if (!isReached()) return false;
    if (victim === 'temporal') {
      await this.#world.kill('temporal');
      await sleep(awayMs);
      await this.#world.bringBack('temporal');
      await writeFile(releasedFile(folder), '');
      return true;
    }
    const struck = this.#processes.get(victim)?.process;
    await struck?.untilDead();
    await struck?.start();
    return true;
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
