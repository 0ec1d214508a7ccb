import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { inParallel } from '../measures/in-parallel.ts';
import type { Play, Played } from './play-rollout.ts';
import type { PlayOrder } from './players-process.ts';

const program = fileURLToPath(new URL('players-process.ts', import.meta.url));
const typescriptLoader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
/** So few that all processes end at about the same time. */
const mostAtOnce = 250;

export type PlayMany = (play: Play, seeds: { from: number; to: number }) => Promise<Played[]>;

/** Processes that simulate rollouts in parallel; the results depend only on the seeds. */
export class Players {
  private readonly idle: ChildProcess[];
  private readonly waiting: ((player: ChildProcess) => void)[] = [];

  private constructor(idle: ChildProcess[]) {
    this.idle = idle;
  }

  /** Ends the processes when the measurement is over. */
  static async with<T>(measure: (playMany: PlayMany) => Promise<T>): Promise<T> {
    const all = Array.from({ length: availableParallelism() }, () =>
      fork(program, { execArgv: ['--import', typescriptLoader] }),
    );
    const players = new Players([...all]);
    try {
      return await measure((play, seeds) => players.playMany(play, seeds));
    } finally {
      for (const player of all) player.disconnect();
    }
  }

  private async playMany(
    play: Play,
    { from, to }: { from: number; to: number },
  ): Promise<Played[]> {
    const orders: PlayOrder[] = [];
    for (let seed = from; seed <= to; seed += mostAtOnce) {
      orders.push({ play, firstSeed: seed, runs: Math.min(mostAtOnce, to - seed + 1) });
    }
    const played = await inParallel(orders, orders.length, (order) => this.play(order));
    return played.flat();
  }

  private async play(order: PlayOrder): Promise<Played[]> {
    const player = this.idle.pop() ?? (await this.nextIdle());
    player.send(order);
    const [played] = (await once(player, 'message')) as [Played[]];
    const next = this.waiting.shift();
    if (next) next(player);
    else this.idle.push(player);
    return played;
  }

  private nextIdle(): Promise<ChildProcess> {
    return new Promise((take) => this.waiting.push(take));
  }
}
