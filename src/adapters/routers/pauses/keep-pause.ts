import { setTimeout as sleep } from 'node:timers/promises';
import { identifySelf } from '../../../processes/identity.ts';
import { leftOf, readPause, registerKeeper, removeKeeper, removePause } from './pause-files.ts';

interface KeptPause {
  folder: string;
  id: string;
  /** Lets the clients go on; where they do not wait, it changes nothing. */
  resume(): Promise<unknown>;
  onError(error: unknown): void;
}

const lookEveryMs = 50;
const againAfterMs = 500;

/**
 * Lets clients go on once the time of this pause is over, whatever has become of the agent. Ends at
 * once where the pause has ended, or another one has begun: that one stops this process first.
 */
export async function keepPause({ folder, id, resume, onError }: KeptPause): Promise<void> {
  const self = { id, keeper: await identifySelf() };
  await registerKeeper(folder, self);
  try {
    for (;;) {
      try {
        const pause = await readPause(folder);
        if (pause?.id !== id) return;
        if (leftOf(pause) <= 0) {
          await resume();
          await removePause(folder);
          return;
        }
        await sleep(Math.min(lookEveryMs, Math.max(1, leftOf(pause))));
      } catch (error) {
        onError(error);
        await sleep(againAfterMs);
      }
    }
  } finally {
    await removeKeeper(folder, self);
  }
}
