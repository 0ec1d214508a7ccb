import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 100;

/** Polls until it holds, or until told to stop. */
async function until(holds: () => boolean, over: AbortSignal): Promise<void> {
  while (!over.aborted && !holds())
    await sleep(pollMs, undefined, { signal: over }).catch(() => undefined);
}

/** Aborted once the file is there. Stop watching with `close`. */
export function whenThere(...files: string[]): { signal: AbortSignal; close(): void } {
  return whenever(() => files.some((file) => existsSync(file)));
}

/** Aborted once it holds. Stop watching with `close`. */
export function whenever(holds: () => boolean): { signal: AbortSignal; close(): void } {
  const found = new AbortController();
  const over = new AbortController();
  if (holds()) found.abort();
  else void until(holds, over.signal).then(() => over.signal.aborted || found.abort());
  return { signal: found.signal, close: () => over.abort() };
}
