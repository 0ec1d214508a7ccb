import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 600_000;

/** Calls `ask` until it returns neither false nor undefined, and returns that value. */
export async function until<T>(
  awaited: string,
  ask: () => Promise<T | false | undefined>,
  everyMs = 100,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const answer = await ask();
    if (answer !== false && answer !== undefined) return answer;
    if (performance.now() > deadline) {
      throw new Error(`not within ${patienceMs / 1000} s: ${awaited}`);
    }
    await sleep(everyMs);
  }
}
