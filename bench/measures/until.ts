import { setTimeout as sleep } from 'node:timers/promises';

const patienceMs = 600_000;

/** Asks until the answer is neither false nor undefined, and returns it. */
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
      throw new Error(`within ${patienceMs / 1000} s it did not happen that ${awaited}`);
    }
    await sleep(everyMs);
  }
}
