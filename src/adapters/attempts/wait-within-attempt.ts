import { setTimeout as sleep } from 'node:timers/promises';
import { currentAttempt } from './current-attempt.ts';

/** Sleeps, but not beyond the end of the attempt: then throws the reason of that end. */
export async function pauseWithinAttempt(ms: number): Promise<void> {
  const signal = currentAttempt()?.signal;
  try {
    await sleep(ms, undefined, signal && { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

/** Waits for work that others also wait for: it continues when this attempt ends. */
export async function awaitWithinAttempt<T>(shared: Promise<T>): Promise<T> {
  const signal = currentAttempt()?.signal;
  if (signal === undefined) return await shared;
  signal.throwIfAborted();
  let abandon = () => {};
  const ended = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason as Error);
    signal.addEventListener('abort', abandon);
  });
  try {
    return await Promise.race([shared, ended]);
  } finally {
    signal.removeEventListener('abort', abandon);
  }
}
