import { setTimeout as sleep } from 'node:timers/promises';
import { identifySelf } from '../../../processes/identity.ts';
import { leftOf, readPause, registerKeeper, removeKeeper, removePause } from './pause-files.ts';
import { untilNextTry, type Patience } from './try-again.ts';

interface KeptPause {
  folder: string;
  id: string;
  /** Lets the clients go on; where they do not wait, it changes nothing. */
  resume(): Promise<unknown>;
  /** Clients that still wait are somebody else's from here on. */
  giveUp(): Promise<unknown>;
  onError(error: unknown): void;
  patience?: Patience;
}

const lookEveryMs = 50;

/**
 * Lets clients go on once the time of this pause is over, whatever has become of the agent. Ends at
 * once where the pause has ended, or another one has begun: that one stops this process first.
 */
export async function keepPause(kept: KeptPause): Promise<void> {
  const { folder, id } = kept;
  const self = { id, keeper: await identifySelf() };
  await registerKeeper(folder, self);
  try {
    await untilEnded(kept);
  } finally {
    await removeKeeper(folder, self);
  }
}

async function untilEnded(kept: KeptPause): Promise<void> {
  const { folder, id, resume, giveUp, onError, patience } = kept;
  const failed = { times: 0, sinceMs: 0 };
  for (;;) {
    try {
      const pause = await readPause(folder);
      if (pause?.id !== id) return;
      if (leftOf(pause) <= 0) {
        await resume();
        await removeOwn(kept);
        return;
      }
      await sleep(Math.min(lookEveryMs, Math.max(1, leftOf(pause))));
    } catch (error) {
      onError(error);
      if (failed.times === 0) failed.sinceMs = performance.now();
      failed.times += 1;
      const forMs = performance.now() - failed.sinceMs;
      const againMs = untilNextTry({ times: failed.times, forMs }, patience);
      if (againMs !== undefined) {
        await sleep(againMs);
        continue;
      }
      onError(new Error('given up: clients that still wait have to be let go on by hand'));
      await giveUp();
      await removeOwn(kept);
      return;
    }
  }
}

/** Another pause may have begun meanwhile. */
async function removeOwn({ folder, id }: Pick<KeptPause, 'folder' | 'id'>): Promise<void> {
  if ((await readPause(folder))?.id === id) await removePause(folder);
}
